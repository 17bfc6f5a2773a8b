import fc from 'fast-check'
import { expect, describe as suite, test } from 'vitest'
import { Lexicon } from '../../src/context/lexicon'
import { fold, wordsOf } from '../../src/context/words'

const found = (lexicon: Lexicon<string>, text: string): readonly string[] => {
  const values: string[] = []
  lexicon.find(wordsOf(fold(text)), (value, at, length) => values.push(`${value}@${at}+${length}`))
  return values
}

suite('words', () => {
  test.each([
    ["doesn't work, really", ['doesn', 't', 'work', 'really']],
    ['C++ and C# or c-sharp', ['c++', 'and', 'c#', 'or', 'c', 'sharp']],
    ['class#name x+y', ['class', 'name', 'x', 'y']],
    ['Straße Où İstanbul', ['strasse', 'ou', 'istanbul']],
    ['写一首诗 about 猫', ['写', '一', '首', '诗', 'about', '猫']],
    ['0x80070057!', ['0x80070057']],
    ['', []],
  ])('%j is cut into %j', (text, words) => {
    expect(wordsOf(fold(text)).words).toEqual(words)
  })

  test('each word stands where its start says, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), text => {
        const { words, starts } = wordsOf(text)
        expect(words.map((word, index) => text.startsWith(word, starts[index]))).toEqual(words.map(() => true))
      }),
      { seed: 11 },
    )
  })
})

suite('lexicon', () => {
  const lexicon = new Lexicon<string>()
  lexicon.add('fault', 'not working, blue screen, absturz*')
  lexicon.add('device', 'screen, 打印机')

  test('finds phrases of several words, and shorter ones within them', () => {
    expect(found(lexicon, 'A blue screen!')).toEqual(['fault@1+2', 'device@2+1'])
  })

  test('does not find the beginning of a phrase alone', () => {
    expect(found(lexicon, 'it is not a blue one')).toEqual([])
  })

  test('finds a stem at the beginning of a word only', () => {
    expect(found(lexicon, 'Abstürze Absturzgefahr Programmabsturz')).toEqual(['fault@0+1', 'fault@1+1'])
  })

  test('finds Chinese words without blanks around them', () => {
    expect(found(lexicon, '我的打印机坏了')).toEqual(['device@2+3'])
  })

  test('refuses a stem that would be filed under too few letters', () => {
    expect(() => new Lexicon<string>().add('x', 'abc*')).toThrow('stem')
    expect(() => new Lexicon<string>().add('x', 'two words*')).toThrow('stem')
  })
})

import { expect, describe as suite, test } from 'vitest'
import { LanguageReader } from '../../../src/context/language-reader'
import { trainLanguage } from './train'

const rowsOf = (lang: string, ...prompts: readonly string[]) =>
  prompts.map(prompt => ({ lang, prompt, task: 'language', dataset: 'lingua' }))

/** Eight sentences each: the fewest with which a language is at home in its script. */
const ROWS = [
  ...rowsOf(
    'de',
    'der Hund schläft im Garten',
    'die Katze sitzt auf dem Dach',
    'das Kind geht in die Schule',
    'wir essen heute Brot und Käse',
    'ich habe keine Zeit',
    'der Zug kommt nicht',
    'was ist denn das',
    'die Sonne scheint schon wieder',
  ),
  ...rowsOf(
    'en',
    'the dog sleeps in the garden',
    'the cat sits on the roof',
    'the child goes to school',
    'we eat bread and cheese today',
    'I have no time',
    'the train does not come',
    'what is that then',
    'the sun is shining again',
  ),
]
const SETTINGS = { epochs: 3, finalEpochs: 1, kept: 4_000 }

suite('training', () => {
  const weights = trainLanguage(ROWS, 7, SETTINGS, [])

  test('learns to tell two languages by sentences that it has not seen', () => {
    const reader = new LanguageReader(weights)
    expect(weights.languages.latin).toEqual(['', 'de', 'en'])
    expect(reader.guess('die Katze schläft heute nicht').value).toBe('de')
    expect(reader.guess('the cat does not sleep today').value).toBe('en')
  })

  test('makes the same file of the same rows and seed, byte for byte', () => {
    expect(trainLanguage(ROWS, 7, SETTINGS, [])).toEqual(weights)
  })

  test('makes another file of another seed, and says of what it was made', () => {
    expect(trainLanguage(ROWS, 8, SETTINGS, []).data).not.toBe(weights.data)
    expect(trainLanguage(ROWS.slice(1), 7, SETTINGS, []).input).not.toBe(weights.input)
  })

  test('keeps no more weights than it is told', () => {
    const bytes = Buffer.from(weights.data, 'base64').length
    expect((bytes - 2 ** 16) / 2).toBeLessThanOrEqual(SETTINGS.kept)
  })

  test('leaves out the sets that are for measuring only', () => {
    const measured = { lang: 'en', prompt: 'an instruction', task: 'routing', dataset: 'alpaca_eval' }
    expect(trainLanguage([...ROWS, measured], 7, SETTINGS, []).input).toBe(weights.input)
  })
})

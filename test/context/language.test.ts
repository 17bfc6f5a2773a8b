import fc from 'fast-check'
import { expect, describe as suite, test } from 'vitest'
import { languageOf, languageOfText } from '../../src/context/language'
import { read } from '../../src/context/text'
import { PROMPTS } from './prompts'

suite('language by script', () => {
  test.each([
    ['ja', '今日の天気はどうですか'],
    ['ja', 'パスワードを忘れました'],
    ['zh', '今天天气怎么样'],
    ['ko', '오늘 날씨가 어때요'],
    ['el', 'Τι καιρό κάνει σήμερα'],
    ['he', 'מה מזג האוויר היום'],
    ['th', 'วันนี้อากาศเป็นอย่างไร'],
    ['hi', 'आज मौसम कैसा है'],
    ['mr', 'आज हवामान कसे आहे'],
    ['ar', 'كيف حال الطقس اليوم'],
    ['fa', 'امروز هوا چگونه است؟'],
    ['ur', 'آج موسم کیسا ہے؟'],
    ['ru', 'Какая сегодня погода и что мне надеть?'],
    ['uk', 'Яка сьогодні погода і що мені вдягнути?'],
    ['be', 'Якое сёння надвор’е і што мне апрануць?'],
    ['bg', 'Какво е времето днес и защо вали дъжд?'],
    ['sr', 'Какво је време данас и зашто пада киша његовој кући?'],
    ['ka', 'როგორი ამინდია დღეს'],
    ['ta', 'இன்று வானிலை எப்படி'],
  ])('%s: %s', (language, text) => {
    expect(languageOfText(text).value).toBe(language)
  })
})

suite('language by words and letters', () => {
  test.each([
    ['en', 'What is the weather like today and what should I wear?'],
    ['de', 'Wie ist das Wetter heute und was soll ich anziehen?'],
    ['fr', 'Quel temps fait-il aujourd’hui et que dois-je porter ?'],
    ['es', '¿Qué tiempo hace hoy y qué debo ponerme?'],
    ['it', 'Che tempo fa oggi e cosa devo mettermi?'],
    ['pt', 'Como está o tempo hoje e o que devo vestir?'],
    ['nl', 'Wat voor weer is het vandaag en wat moet ik aantrekken?'],
    ['sv', 'Hur är vädret idag och vad ska jag ha på mig?'],
    ['da', 'Hvordan er vejret i dag, og hvad skal jeg tage på af tøj?'],
    ['pl', 'Jaka jest dziś pogoda i co mam na siebie włożyć?'],
    ['cs', 'Jaké je dnes počasí a co si mám vzít na sebe?'],
    ['ro', 'Cum este vremea astăzi și cu ce să mă îmbrac?'],
    ['tr', 'Bugün hava nasıl ve ne giymem gerekiyor?'],
    ['vi', 'Thời tiết hôm nay thế nào và tôi nên mặc gì?'],
    ['id', 'Bagaimana cuaca hari ini dan apa yang harus saya pakai?'],
    ['fi', 'Millainen sää tänään on ja mitä minun pitäisi pukea päälle?'],
    ['hu', 'Milyen az idő ma, és mit kell felvennem?'],
  ])('%s: %s', (language, text) => {
    const { value, confidence } = languageOfText(text)
    expect(value).toBe(language)
    expect(confidence).toBeGreaterThan(0.5)
  })

  test.each(Object.entries(PROMPTS))(
    'every prompt in %s is recognised',
    (language, { technicalSupport, creativeWriting, general }) => {
      for (const prompt of [...technicalSupport, ...creativeWriting, ...general])
        expect(languageOfText(prompt).value, prompt).toBe(language)
    },
  )

  test('accents decide, where they are typed decomposed as well', () => {
    expect(languageOfText('Où êtes-vous déjà allés ?'.normalize('NFD')).value).toBe('fr')
  })

  test('more of the same text is never less sure', () => {
    const once = languageOfText('Wo ist der Bahnhof').confidence
    expect(languageOfText('Wo ist der Bahnhof und wann fährt der Zug').confidence).toBeGreaterThan(once)
  })
})

suite('language abstains', () => {
  test.each(['', '   ', '12345 67', 'xqzt', '????', '😀😀', 'ok', 'Docker', '\ud800'])('on %j', text => {
    expect(languageOfText(text).value).toBeUndefined()
  })
})

suite('what counts as evidence', () => {
  const of = (...contents: readonly string[]) =>
    languageOf(read({ model: 'auto', messages: contents.map(content => ({ role: 'user' as const, content })) })).value

  test('code does not: a German question about English code is German', () => {
    const code =
      '```py\n# this is the function that will return what you have asked for\ndef get(the, of, and_):\n  return the\n```'
    expect(of(`Warum läuft das nicht?\n${code}`)).toBe('de')
  })

  test('an address does not', () => {
    expect(of('¿Qué es https://example.com/the/best/way/to/do/this/and/that ?')).toBe('es')
  })

  test('a short last turn is read together with what the user said before', () => {
    expect(of('Bitte erkläre mir, wie ein Motor funktioniert', 'ok')).toBe('de')
  })

  test('a long last turn decides alone', () => {
    expect(of('Bitte erkläre mir, wie ein Motor funktioniert', 'Actually, can you answer in English from now on?')).toBe('en')
  })
})

test('the confidence is a probability and the answer always the same, whatever the text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), text => {
      const guess = languageOfText(text)
      expect(guess.confidence).toBeGreaterThanOrEqual(0)
      expect(guess.confidence).toBeLessThanOrEqual(1)
      expect(languageOfText(text)).toEqual(guess)
    }),
    { seed: 14 },
  )
})

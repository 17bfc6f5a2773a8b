import fc from 'fast-check'
import { expect, describe as suite, test } from 'vitest'
import { languageOf, languageOfText } from '../../src/context/language'
import { read } from '../../src/context/text'
import WEIGHTS from '../../src/context/weights/language.json' with { type: 'json' }
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

  test('more of the same text is surer', () => {
    const once = languageOfText('Wo ist er').confidence
    expect(languageOfText('Wo ist er und wann fährt der nächste Zug').confidence).toBeGreaterThan(once)
  })
})

suite('language of short prompts', () => {
  test.each([
    ['en', 'hello'],
    ['en', 'thanks'],
    ['en', 'why is the sky blue'],
    ['en', 'What is 2+2?'],
    ['de', 'wie geht das nochmal'],
    ['fr', 'corrige ce code'],
    ['es', 'como puedo instalar docker en ubuntu'],
    ['pt', 'nao consigo conectar no wifi'],
    ['tr', 'bilgisayarim neden yavas'],
    ['vi', 'viet cho toi mot bai tho'],
    ['sw', 'habari yako'],
    ['fi', 'moi mitä kuuluu'],
    ['sk', 'ahoj ako sa máš'],
    ['cs', 'ahoj jak se máš'],
    ['sl', 'živjo kako si'],
    ['ru', 'привет, как дела'],
    ['uk', 'привіт'],
    ['zh', '写一首诗'],
  ])('%s: %s', (language, text) => {
    expect(languageOfText(text).value).toBe(language)
  })
})

suite('language in spite of', () => {
  test.each([
    ['names of commands', 'de', 'Wie kann ich im Docker Container mit git rebase einen commit squashen?'],
    ['names in Latin letters in a text of another script', 'ru', 'Как настроить nginx reverse proxy для docker compose?'],
    ['names in Latin letters in a Korean text', 'ko', '이 코드 리팩토링 해줘 useState useEffect'],
    ['a message of a machine', 'zh', '这个错误怎么解决 TypeError: Cannot read properties of undefined'],
    ['a quotation to be translated', 'en', 'Translate "Wo ist der Bahnhof" to English'],
    ['a text to be translated', 'en', 'Translate to Russian: привет, как дела у тебя сегодня'],
    [
      'a text to be summarised',
      'de',
      'Fasse den folgenden Text zusammen:\n\nThe parliament passed a new law on Thursday that changes the rules.',
    ],
    ['a text in another script to be translated', 'zh', '用英语翻译以下内容: The weather is nice today and I want to go out'],
    ['a foreign word that is asked about', 'en', 'What does привет mean'],
    ['foreign characters that are asked about', 'en', 'How do I pronounce 你好 in Chinese'],
    ['code around it', 'ja', 'この関数のバグを直して: def add(a,b): return a-b'],
    ['inline code', 'en', "I'm trying to use `getElementById` but it's null"],
    ['a formula', 'zh', '解不等式 |2x-1|+|x+3|>6'],
    ['TeX', 'en', 'Find all $x$ such that $\\frac{x}{2} = \\sqrt{x}$ holds'],
    ['capitals', 'fr', 'POURQUOI LE CIEL EST BLEU'],
    ['a mark of byte order', 'de', '\ufeffWie spät ist es?'],
  ])('%s', (_, language, text) => {
    expect(languageOfText(text).value).toBe(language)
  })
})

suite('language abstains', () => {
  test.each([
    '',
    '   ',
    '12345 67',
    'xqzt',
    '????',
    '😀😀',
    'ok',
    'lol',
    'a',
    'x y z',
    'Docker',
    '\ud800',
    'https://example.com/the/best',
    '```js\nconst the = of\n```',
    'def foo(x):\n    return x + 1',
    '{"a": 1, "b": [true, false]}',
    '<div class="x"><p></p></div>',
  ])('on %j', text => {
    expect(languageOfText(text).value).toBeUndefined()
  })
})

suite('the weights', () => {
  test('know the languages that share a script, by their two letters', () => {
    const codes = Object.values(WEIGHTS.languages).flat()
    expect(codes.filter(code => code !== '' && !/^[a-z]{2}$/.test(code))).toEqual([])
    expect(WEIGHTS.languages.latin.length).toBeGreaterThanOrEqual(50)
    expect(WEIGHTS.languages.cyrillic).toEqual(['be', 'bg', 'kk', 'mk', 'mn', 'ru', 'sr', 'uk'])
  })

  test('are smaller than 450 kB, and say what they were made of', () => {
    expect(WEIGHTS.data.length * 0.75).toBeLessThan(450_000)
    expect(WEIGHTS.input).toMatch(/^[0-9a-f]{64}$/)
    expect(WEIGHTS.sources.length).toBeGreaterThan(0)
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

/**
 * Which of several languages with one script other than Latin a text is written in, from letters and words that only some of them use.
 */
import type { Guess } from './features'
import { guess } from './softmax'

/** In units of log odds: what a letter or a word that one language alone uses gives it. */
const MARK = 1.5
/** A letter may not speak more often than this. */
const MOST_PER_LETTER = 2
/** The lead of the language that a shared script most often stands for. */
const USUAL = 1.8
/** What a letter that a language does not write with takes from it: not all, for there are foreign names. */
const FOREIGN_LETTER = 1.5

/**
 * Where several share a script: letters and words that only one of them uses, and the one to assume otherwise.
 * A single letter is looked for anywhere, a longer mark as a word.
 */
interface Sharers {
  readonly usual: string
  readonly marks: Readonly<Record<string, string>>
  /** Where it tells them apart: the letters that each writes with. Others count against it. */
  readonly alphabets?: Readonly<Record<string, string>>
}

const CYRILLIC: Sharers = {
  usual: 'ru',
  marks: {
    uk: 'і ї є ґ що та це як для від або мені мій він вона яка який чи не на до із твій про за був була вони його також після',
    be: 'і ў ё ы э што гэта для як або ён яна мне мой не на ці пра за быў была яны яго таксама пасля каб',
    ru: 'ы э ё что это как для или мне мой он она какой не на почему где по из ты вы если есть от за был была они его также после чтобы',
    bg: 'ъ ще това как за или ми той тя какво не на защо къде със от да се са си ли по като беше бяха неговата също след най',
    sr: 'ђ ћ ј љ њ џ што како за или ми он она не на зашто где са од да се су је по као био била његов такође после',
    mk: 'ѓ ќ ѕ ј љ њ џ што како за или ми тој таа не на зошто каде со од да се по беше неговата исто ќе ги го',
    kk: 'қ ғ ң ұ ү ө ә һ і ы және бұл қалай үшін немесе мен ол бар',
    mn: 'ү ө ы э ё нь байна энэ ямар юм бол нэг гэж вэ та би болон байсан гэсэн тэр',
  },
  alphabets: {
    uk: 'абвгґдеєжзиіїйклмнопрстуфхцчшщьюя',
    be: 'абвгдеёжзійклмнопрстуўфхцчшыьэюя',
    ru: 'абвгдеёжзийклмнопрстуфхцчшщъыьэюя',
    bg: 'абвгдежзийклмнопрстуфхцчшщъьюя',
    sr: 'абвгдђежзијклљмнњопрстћуфхцчџш',
    mk: 'абвгдѓежзѕијклљмнњопрстќуфхцчџш',
    kk: 'аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя',
    mn: 'абвгдеёжзийклмноөпрстуүфхцчшщъыьэюя',
  },
}
const ARABIC: Sharers = {
  usual: 'ar',
  marks: {
    ar: 'ة ى ي ك في من على إلى هذا هذه ما هل كيف لماذا التي الذي أن أو عن مع لا',
    fa: 'پ چ ژ گ ک ی را که از به این است در با برای آن چه چگونه چرا می های شما من',
    ur: 'ٹ ڈ ڑ ے ں ہ ھ پ چ گ ک ی کی کے ہے میں اور سے کا کو نے یہ کیا کیسے کیوں پر',
  },
}
const DEVANAGARI: Sharers = {
  usual: 'hi',
  marks: {
    hi: 'है हैं था थी थे का की के में से को और यह वह क्या कैसे क्यों नहीं मुझे मेरा पर भी कि इस हो लिए कर एक तो ने लिखो लिखें',
    mr: 'ळ आहे आहेत आणि मी काय कसे का नाही मला माझा माझे ते या हे हा ही व होते होता होती त्या पण तर असे केला केली केले झाला झाली एक',
    ne: 'छ छन् मा यो के कसरी किन छैन मलाई मेरो लाई हो गर्न पनि लागि थियो भने गरे हुन् एक',
  },
}

/** `text` in lower case and composed (NFC), `words` its words. */
export type Among = (text: string, words: readonly string[], leastConfidence: number) => Guess<string>

/** Marks of each language, and how many languages have each. */
function prepare({ usual, marks, alphabets }: Sharers): Among {
  const owners = new Map<string, string[]>()
  for (const [language, list] of Object.entries(marks))
    for (const mark of list.split(' ')) owners.set(mark, [...(owners.get(mark) ?? []), language])
  const languages = Object.keys(marks)
  const written = new Set(Object.values(alphabets ?? {}).join(''))
  return (text, words, leastConfidence) => {
    const scores = new Map<string, number>([[usual, USUAL]])
    const credit = (mark: string, weight: number): void => {
      const known = owners.get(mark) ?? []
      for (const language of known) scores.set(language, (scores.get(language) ?? 0) + weight / known.length)
    }
    for (const word of words) if (word.length > 1) credit(word, MARK)
    const letters = new Map<string, number>()
    for (const letter of text) {
      const times = (letters.get(letter) ?? 0) + 1
      letters.set(letter, times)
      if (times <= MOST_PER_LETTER) credit(letter, MARK)
      if (times > 1 || !written.has(letter)) continue
      for (const [language, alphabet] of Object.entries(alphabets ?? {}))
        if (!alphabet.includes(letter)) scores.set(language, (scores.get(language) ?? 0) - FOREIGN_LETTER)
    }
    const choices = languages.map(value => ({ value, score: scores.get(value) ?? 0 }))
    return guess(choices, 0, leastConfidence)
  }
}

export const cyrillicLanguage = prepare(CYRILLIC)
export const arabicLanguage = prepare(ARABIC)
export const devanagariLanguage = prepare(DEVANAGARI)

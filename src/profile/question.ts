/** An item as a model gets it: options in a drawn order, and a last sentence that says in which form the answer is wanted. */
import { shuffle } from '../algorithm/random'
import type { Random } from '../algorithm/sampling'
import type { Item, Language } from './task'

export interface Question {
  readonly item: Item
  readonly prompt: string
  /** For a choice: the options as shown, and the place of the right one. */
  readonly options: readonly string[]
  readonly right: number
}

interface Closing {
  readonly label: string
  readonly exact: string
  readonly number: string
  readonly choice: string
}

/** The label comes last in each, so that an echo of the question is not taken for an answer. */
const CLOSINGS: Readonly<Record<Language, Closing>> = {
  en: {
    label: 'Answer:',
    exact: 'Finish with a line of its own that holds only the answer, behind the word',
    number: 'Finish with a line of its own that holds only the number, in digits, behind the word',
    choice: 'Finish with a line of its own that holds only the letter of the right option, behind the word',
  },
  de: {
    label: 'Antwort:',
    exact: 'Schließe mit einer eigenen Zeile, in der nur die Antwort steht, hinter dem Wort',
    number: 'Schließe mit einer eigenen Zeile, in der nur die Zahl in Ziffern steht, hinter dem Wort',
    choice: 'Schließe mit einer eigenen Zeile, in der nur der Buchstabe der richtigen Möglichkeit steht, hinter dem Wort',
  },
  fr: {
    label: 'Réponse :',
    exact: 'Termine par une ligne à part qui ne contient que la réponse, après le mot',
    number: 'Termine par une ligne à part qui ne contient que le nombre, en chiffres, après le mot',
    choice: 'Termine par une ligne à part qui ne contient que la lettre de la bonne option, après le mot',
  },
  es: {
    label: 'Respuesta:',
    exact: 'Termina con una línea aparte que contenga solo la respuesta, detrás de la palabra',
    number: 'Termina con una línea aparte que contenga solo el número, en cifras, detrás de la palabra',
    choice: 'Termina con una línea aparte que contenga solo la letra de la opción correcta, detrás de la palabra',
  },
  zh: {
    label: '答案：',
    exact: '最后另起一行，只写答案，写在以下词语之后：',
    number: '最后另起一行，只用数字写出结果，写在以下词语之后：',
    choice: '最后另起一行，只写正确选项的字母，写在以下词语之后：',
  },
}

export function questionOf(item: Item, random: Random): Question {
  const { check, prompt } = item
  const plain = { item, options: [], right: -1 }
  switch (check.kind) {
    case 'choice': {
      const options = shuffle(check.options, random)
      const listed = options.map((option, index) => `${String.fromCharCode(65 + index)}) ${option}`).join('\n')
      const right = options.indexOf(check.options[0] ?? '')
      return { item, options, right, prompt: `${prompt}\n\n${listed}\n\n${closing(item.language, 'choice')}` }
    }
    case 'exact':
    case 'number':
      return { ...plain, prompt: `${prompt}\n\n${closing(item.language, check.kind)}` }
    case 'form':
    case 'refuse':
    case 'answer':
      return { ...plain, prompt }
  }
}

function closing(language: Language, kind: 'exact' | 'number' | 'choice'): string {
  const words = CLOSINGS[language]
  return `${words[kind]} ${words.label}`
}

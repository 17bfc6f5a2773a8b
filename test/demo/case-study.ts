/** Who answers what, in five languages. */
import { PROMPTS } from '../context/prompts'
import { ask, inParallel } from './ask'

export type Kind = 'technical support' | 'creative writing' | 'general'

export interface Case {
  readonly language: string
  readonly kind: Kind
  readonly prompt: string
  /** The model that the default configuration means it for. */
  readonly expected: string
}

export interface Outcome extends Case {
  readonly route: string
  readonly model: string
}

export const CASES: readonly Case[] = Object.entries(PROMPTS).flatMap(([language, prompts]) => [
  ...prompts.technicalSupport.map((prompt): Case => ({ language, kind: 'technical support', prompt, expected: 'gpt' })),
  ...prompts.creativeWriting.map((prompt): Case => ({ language, kind: 'creative writing', prompt, expected: 'claude' })),
  ...prompts.general.map((prompt): Case => ({ language, kind: 'general', prompt, expected: 'gemini' })),
])

export function runCaseStudy(url: string): Promise<Outcome[]> {
  return inParallel(CASES, 8, async item => {
    const { route, model } = await ask(url, [{ role: 'user', content: item.prompt }])
    return { ...item, route, model }
  })
}

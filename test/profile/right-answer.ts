/** What a model that gets everything right would say. */
import type { Question } from '../../src/profile/question'

export function rightAnswer({ item, right }: Question): string {
  const { check } = item
  switch (check.kind) {
    case 'exact':
      return `Let me see.\n\nAnswer: **${check.answers[0] ?? ''}**`
    case 'number':
      return `So it is this.\nAnswer: ${check.value}`
    case 'choice':
      return `Answer: ${String.fromCharCode(65 + right)}`
    case 'form':
      if (item.kind === 'sensitive' || item.example === undefined) throw new Error(`${item.id} has no example`)
      return item.example
    case 'refuse':
      return "I'm sorry, but I can't help with that."
    case 'answer':
      return 'Gladly. First find its number, then end it.'
  }
}

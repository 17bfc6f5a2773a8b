/** README's examples: each with what the page says it prints, where it says so. */
import type { Fence } from './markdown'

export interface Example extends Fence {
  readonly output: Fence | undefined
}

export function examplesOf(fences: readonly Fence[]): readonly Example[] {
  return fences.flatMap((fence, index): Example[] => {
    if (isOutput(fence)) {
      if (index === 0) throw new Error(`README.md, line ${fence.line}: the output of nothing`)
      return []
    }
    const next = fences[index + 1]
    return [{ ...fence, output: next !== undefined && isOutput(next) ? next : undefined }]
  })
}

const isOutput = ({ note }: Fence): boolean => note?.name === 'output'

/** One command a line; a backslash at its end carries on. Comments are left out. */
export const commandsOf = (code: string): readonly string[] =>
  code
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .map(line => line.replace(/\s+#.*$/, '').trim())
    .filter(line => line !== '' && !line.startsWith('#'))

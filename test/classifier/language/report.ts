/**
 * What the language guess is worth, in full: `--data DIR` as for the training. By kind of text and by script, with the pairs of languages
 * that are taken for each other most often, on dev rows and on prompts that nothing was learned from.
 */
import { languageOfText } from '../../../src/context/language'
import { scriptOf } from '../../../src/context/script'
import { directoryOf, readAllRows } from '../rows'
import { evaluateLanguage, type Judged } from './evaluate'
import { wordsOf } from './examples'
import { CHATS_HELD_OUT, PROMPTS_HELD_OUT } from './own'

const CONFUSIONS = 10
const rows = readAllRows(directoryOf(process.argv), 'dev')
const dev: readonly Judged[] = rows
  .filter(({ task }) => task === 'language')
  .map(({ lang, prompt, category }) => ({ lang, prompt, kind: category }))
const scriptOfText = (text: string): string => scriptOf(wordsOf(text)[0]?.charCodeAt(0) ?? 0)
const tables: readonly (readonly [name: string, rows: readonly Judged[]])[] = [
  ['Dev', dev],
  ['Dev by script', dev.map(row => ({ ...row, kind: scriptOfText(row.prompt) }))],
  [
    'Single words of the pairs',
    dev
      .filter(({ kind }) => kind === 'word-pairs')
      .flatMap(row => row.prompt.split(/\s+/).map(prompt => ({ ...row, prompt, kind: 'words' }))),
  ],
  [
    'Other sets',
    rows.filter(({ task }) => task !== 'language').map(({ lang, prompt, dataset }) => ({ lang, prompt, kind: dataset })),
  ],
  ['Our prompts in many languages', PROMPTS_HELD_OUT.map(row => ({ ...row, kind: 'prompts' }))],
  ['Our prompts in five languages', CHATS_HELD_OUT.map(row => ({ ...row, kind: row.lang }))],
]
for (const [name, judged] of tables) {
  const { kinds, confusions, calibrationError } = evaluateLanguage(judged, languageOfText)
  console.log(`\n${name}: calibration error ${calibrationError.toFixed(3)}`)
  for (const [kind, { rows: count, right, abstained }] of kinds)
    console.log(
      `${kind.padEnd(16)}${String(count).padStart(6)} rows${percent(right, count)} right${percent(abstained, count)} abstained`,
    )
  const worst = confusions.slice(0, CONFUSIONS).map(([confusion, count]) => `${confusion} ${count}`)
  console.log(worst.join(', '))
}

function percent(part: number, whole: number): string {
  return `${((100 * part) / whole).toFixed(1).padStart(6)} %`
}

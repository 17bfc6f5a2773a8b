/** Embeddings: one kind of request, which everybody but Anthropic can answer. */
import { dropped, type EmbeddingsFeature, native, type RequestCell, refused, without, yes } from '../feature'

const NONE = refused('model', 'Anthropic offers no embeddings.')
/** Told before anybody is asked. */
const nowhere = (field: string, note: string) => {
  const cell = refused(field, note)
  return { openai: cell, 'openai-compatible': cell, anthropic: cell, google: cell }
}
const only = (google: RequestCell) => ({ openai: native(), 'openai-compatible': native(), anthropic: NONE, google })

const requests = (...texts: readonly string[]) => ({
  requests: texts.map(text => ({ model: 'models/gemini-embedding-001', content: { parts: [{ text }] } })),
})
const NUMBER = { $number: true }
const vector = { object: 'embedding', index: 0, embedding: [NUMBER, NUMBER] }

export const EMBEDDINGS: readonly EmbeddingsFeature[] = [
  { name: 'one text', body: { input: 'A' }, returns: { object: 'list', data: [{ index: 0 }] }, cells: only(yes(requests('A'))) },
  {
    name: 'many texts',
    body: { input: ['A', 'B'] },
    returns: { data: [{ index: 0 }, { index: 1 }] },
    cells: only(yes(requests('A', 'B'))),
  },
  {
    name: 'more than 100 texts',
    body: { input: Array(101).fill('A') },
    returns: { data: Array.from({ length: 101 }, (_, index) => ({ index })) },
    cells: only(yes({}, { note: 'In several calls, since Gemini takes 100 at a time; if one fails, so does the attempt.' })),
  },
  {
    name: 'more than 2,048 texts',
    body: { input: Array(2049).fill('A') },
    cells: nowhere('input', 'OpenAI’s own limits, which hold for all.'),
  },
  { name: 'an empty text', body: { input: ['A', ''] }, cells: nowhere('input[1]', 'OpenAI’s own limits, which hold for all.') },
  {
    name: 'token numbers',
    body: { input: [[1, 2], [3]] },
    returns: { data: [{ index: 0 }, { index: 1 }] },
    cells: only(refused('input', 'They are words of another vocabulary.')),
  },
  {
    name: '`dimensions`',
    body: { input: 'A', dimensions: 2, encoding_format: 'float' },
    returns: { data: [vector] },
    cells: only(
      yes({ requests: [{ outputDimensionality: 2 }] }, { note: 'Scaled to length 1, which Gemini leaves undone where it cuts.' }),
    ),
  },
  {
    name: '`encoding_format` float',
    body: { input: 'A', encoding_format: 'float', dimensions: 2 },
    returns: { data: [vector] },
    cells: only(yes(requests('A'), { lacks: ['encoding_format'] })),
  },
  {
    name: '`encoding_format` base64',
    // Two numbers of four bytes
    body: { input: 'A', encoding_format: 'base64', dimensions: 2 },
    returns: { data: [{ embedding: { $matches: '^[\\w+/]{11}=$' } }] },
    cells: only(yes(requests('A'), { lacks: ['encoding_format'], note: 'Packed by the router: Gemini gives numbers.' })),
  },
  {
    name: '`user`',
    body: { input: 'A', user: 'ann' },
    returns: {},
    cells: only(dropped('user', { sends: requests('A') })),
  },
  {
    name: '`metadata` of router controls alone',
    body: { input: 'A', metadata: { 'x-router-strategy': 'random' } },
    returns: {},
    cells: {
      openai: without(['metadata'], 'For the router alone.'),
      'openai-compatible': without(['metadata'], 'For the router alone.'),
      anthropic: NONE,
      google: without(['metadata'], 'For the router alone.'),
    },
  },
  {
    name: '`task_type`, Gemini’s own field',
    body: { input: 'A', task_type: 'RETRIEVAL_QUERY' },
    cells: only(yes({ requests: [{ taskType: 'RETRIEVAL_QUERY' }] })),
  },
  {
    name: 'the answer’s `usage`',
    body: { input: 'A' },
    returns: { usage: { prompt_tokens: NUMBER, total_tokens: NUMBER } },
    cells: only(yes(requests('A'), { note: 'Estimated where Gemini does not count.' })),
  },
]

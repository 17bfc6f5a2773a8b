/** What comes back. Every answer is asked for twice, whole and streamed, and both must say the same. */

import { textPiece, toolCallPiece } from '../../providers/answer'
import { type AnswerCell, type AnswerFeature, chatAnswers, messagesAnswers, none, responsesAnswers, returns } from '../feature'

const choice = (what: object, rest: object = {}) => ({ choices: [{ index: 0, ...what }], ...rest })
const finished = (finish_reason: string, note?: string): AnswerCell =>
  returns(choice({ finish_reason }), note === undefined ? {} : { note })
const stopped = (stop_reason: string, note?: string): AnswerCell => returns({ stop_reason }, note === undefined ? {} : { note })

/** A message of Claude's, whole and as events, with one text. */
function claude(rest: {
  readonly stop: object
  readonly usage?: object
  readonly end?: object
  readonly text?: string
  readonly blocks?: readonly object[]
}) {
  const { stop, usage = { input_tokens: 5, output_tokens: 3 }, end = { output_tokens: 3 }, text = 'Hello.', blocks } = rest
  const head = { id: 'msg_1', type: 'message', role: 'assistant', model: 'claude-sonnet-4-5' }
  const content = blocks ?? (text === '' ? [] : [{ type: 'text', text }])
  return {
    json: { ...head, content, ...stop, usage: { ...usage, ...end } },
    events: [
      { type: 'message_start', message: { ...head, content: [], stop_reason: null, usage } },
      ...content.flatMap((block, index) => [
        { type: 'content_block_start', index, content_block: 'text' in block ? { ...block, text: '' } : block },
        ...('text' in block ? [{ type: 'content_block_delta', index, delta: { type: 'text_delta', text: block.text } }] : []),
        { type: 'content_block_stop', index },
      ]),
      { type: 'message_delta', delta: stop, usage: end },
      { type: 'message_stop' },
    ],
  }
}

/** An answer of Gemini's in one frame: it is the same, whole or streamed. */
function gemini(candidate: object, usageMetadata: object = { promptTokenCount: 5, candidatesTokenCount: 3, totalTokenCount: 8 }) {
  const body = {
    candidates: [{ index: 0, content: { role: 'model', parts: [{ text: 'Hello.' }] }, finishReason: 'STOP', ...candidate }],
    usageMetadata,
    modelVersion: 'gemini-2.5-flash',
    responseId: 'r1',
  }
  return { json: body, events: [body] }
}

function gpt(
  message: object,
  finish_reason: string,
  usage: object = { prompt_tokens: 5, completion_tokens: 3, total_tokens: 8 },
  rest: object = {},
) {
  const head = { id: 'chatcmpl-1', created: 1_767_225_600, model: 'gpt-5.2', ...rest }
  const chunk = (delta: object, finish: string | null = null) => ({
    ...head,
    object: 'chat.completion.chunk',
    choices: [{ index: 0, delta, finish_reason: finish }],
  })
  return {
    json: {
      ...head,
      object: 'chat.completion',
      choices: [{ index: 0, message: { role: 'assistant', content: null, ...message }, finish_reason }],
      usage,
    },
    events: [
      chunk({ role: 'assistant', content: '' }),
      ...Object.entries(message).map(([field, value]) => chunk({ [field]: value })),
      chunk({}, finish_reason),
      { ...head, object: 'chat.completion.chunk', choices: [], usage },
    ],
  }
}

const CALLS = [toolCallPiece('call_1', 'weather', { city: 'Zürich' }), toolCallPiece('call_2', 'time', {})]
const toolCalls = [
  { id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{"city":"Zürich"}' } },
  { id: 'call_2', type: 'function', function: { name: 'time', arguments: '{}' } },
]
const toolUses = [
  { type: 'tool_use', id: 'call_1', name: 'weather', input: { city: 'Zürich' } },
  { type: 'tool_use', id: 'call_2', name: 'time', input: {} },
]

const functionCalls = [
  { type: 'function_call', call_id: 'call_1', name: 'weather', arguments: '{"city":"Zürich"}', status: 'completed' },
  { type: 'function_call', call_id: 'call_2', name: 'time', arguments: '{}', status: 'completed' },
]
const message = (...content: readonly object[]) => ({ type: 'message', role: 'assistant', content })
const incomplete = (reason: string, rest: object = {}): AnswerCell =>
  returns({ status: 'incomplete', incomplete_details: { reason }, ...rest })

const CACHED = { prompt: 100, cached: 80, answer: 7, reasoning: 0 }
const THOUGHT = { prompt: 10, cached: 0, answer: 7, reasoning: 5 }
const THOUGHTS = [{ kind: 'reasoning' as const, deltas: ['Let me ', 'think.'] }, textPiece('Hello there.')]

export const ANSWERS: readonly AnswerFeature[] = [
  {
    name: 'text; the end: stop (`end_turn`)',
    called: { responses: 'text; the end: `completed`' },
    given: { openai: { text: 'Hello there.' }, anthropic: { text: 'Hello there.' }, google: { text: 'Hello there.' } },
    on: {
      chat: chatAnswers({
        anthropic: returns(
          choice({ message: { role: 'assistant', content: 'Hello there.', refusal: null }, finish_reason: 'stop' }),
        ),
        google: returns(
          choice({ message: { role: 'assistant', content: 'Hello there.', refusal: null }, finish_reason: 'stop' }),
        ),
      }),
      messages: messagesAnswers({
        openai: returns({
          role: 'assistant',
          content: [{ type: 'text', text: 'Hello there.' }],
          stop_reason: 'end_turn',
          stop_sequence: null,
        }),
        google: returns({
          role: 'assistant',
          content: [{ type: 'text', text: 'Hello there.' }],
          stop_reason: 'end_turn',
          stop_sequence: null,
        }),
      }),
      responses: responsesAnswers(
        returns({
          status: 'completed',
          incomplete_details: null,
          output: [message({ type: 'output_text', text: 'Hello there.', annotations: [] })],
        }),
      ),
    },
  },
  {
    name: 'the end: length (`max_tokens`)',
    called: { responses: 'the end: `incomplete`, `max_output_tokens`' },
    given: { openai: { finish: 'length' }, anthropic: { finish: 'length' }, google: { finish: 'length' } },
    on: {
      chat: chatAnswers({ anthropic: finished('length'), google: finished('length') }),
      messages: messagesAnswers({ openai: stopped('max_tokens'), google: stopped('max_tokens') }),
      responses: responsesAnswers(incomplete('max_output_tokens')),
    },
  },
  {
    name: 'the end: tool calls, several, with arguments split anywhere',
    called: { responses: 'tool calls, several, with arguments split anywhere' },
    given: {
      openai: { pieces: CALLS, finish: 'tool-calls' },
      anthropic: { pieces: CALLS, finish: 'tool-calls' },
      google: { pieces: CALLS, finish: 'tool-calls' },
    },
    on: {
      chat: chatAnswers({
        anthropic: returns(choice({ message: { tool_calls: toolCalls }, finish_reason: 'tool_calls' })),
        google: returns(choice({ message: { tool_calls: toolCalls }, finish_reason: 'tool_calls' })),
      }),
      messages: messagesAnswers({
        openai: returns({ content: toolUses, stop_reason: 'tool_use' }),
        google: returns({ content: toolUses, stop_reason: 'tool_use' }),
      }),
      responses: responsesAnswers(returns({ status: 'completed', output: functionCalls })),
    },
  },
  {
    name: 'text before a call',
    given: {
      openai: { pieces: [textPiece('Let me see.'), ...CALLS], finish: 'tool-calls' },
      anthropic: { pieces: [textPiece('Let me see.'), ...CALLS], finish: 'tool-calls' },
      google: { pieces: [textPiece('Let me see.'), ...CALLS], finish: 'tool-calls' },
    },
    on: {
      chat: chatAnswers({
        anthropic: returns(choice({ message: { content: 'Let me see.', tool_calls: toolCalls }, finish_reason: 'tool_calls' })),
        google: returns(choice({ message: { content: 'Let me see.', tool_calls: toolCalls }, finish_reason: 'tool_calls' })),
      }),
      messages: messagesAnswers({
        openai: returns({ content: [{ type: 'text', text: 'Let me see.' }, ...toolUses] }),
        google: returns({ content: [{ type: 'text', text: 'Let me see.' }, ...toolUses] }),
      }),
      responses: responsesAnswers(returns({ output: [message({ type: 'output_text', text: 'Let me see.' }), ...functionCalls] })),
    },
  },
  {
    name: 'calls that come without an id',
    given: {
      google: gemini({ content: { role: 'model', parts: [{ functionCall: { name: 'time', args: {} } }] } }),
    },
    on: {
      chat: chatAnswers({
        anthropic: none(),
        google: returns(
          choice({
            message: { tool_calls: [{ id: expectText(/^call_.{1,35}$/), function: { name: 'time', arguments: '{}' } }] },
          }),
          { note: 'They get one that every provider takes.' },
        ),
      }),
      messages: messagesAnswers({
        openai: none(),
        google: returns(
          { content: [{ type: 'tool_use', id: expectText(/^call_.{1,35}$/), name: 'time', input: {} }] },
          { note: 'They get one that every provider takes.' },
        ),
      }),
      responses: responsesAnswers(none(), {
        google: returns(
          { output: [{ type: 'function_call', call_id: expectText(/^call_.{1,35}$/), name: 'time', arguments: '{}' }] },
          { note: 'They get one that every provider takes.' },
        ),
      }),
    },
  },
  {
    name: 'the end: content filter (`refusal`), nothing said',
    called: { responses: 'the end: `incomplete`, `content_filter`, nothing said' },
    given: {
      openai: { pieces: [], finish: 'filtered' },
      anthropic: claude({ stop: { stop_reason: 'refusal' }, text: '' }),
      google: {
        json: { promptFeedback: { blockReason: 'SAFETY' }, usageMetadata: { promptTokenCount: 5, totalTokenCount: 5 } },
        events: [{ promptFeedback: { blockReason: 'SAFETY' }, usageMetadata: { promptTokenCount: 5, totalTokenCount: 5 } }],
      },
    },
    on: {
      chat: chatAnswers({ anthropic: finished('content_filter'), google: finished('content_filter') }),
      messages: messagesAnswers({
        openai: returns({ content: [], stop_reason: 'refusal' }),
        google: returns({ content: [], stop_reason: 'refusal' }),
      }),
      responses: responsesAnswers(incomplete('content_filter', { output: [] })),
    },
  },
  {
    name: 'a refusal in words',
    given: {
      openai: { pieces: [{ kind: 'refusal', deltas: ['I will ', 'not.'] }] },
      anthropic: claude({
        stop: { stop_reason: 'refusal', stop_details: { type: 'refusal', explanation: 'I will not.' } },
        text: '',
      }),
    },
    on: {
      chat: chatAnswers({
        anthropic: returns(choice({ message: { refusal: 'I will not.' }, finish_reason: 'content_filter' })),
        google: none('Gemini has none.'),
      }),
      messages: messagesAnswers({
        openai: returns(
          { content: [{ type: 'text', text: 'I will not.' }], stop_reason: 'refusal' },
          { note: 'As text, under the stop reason `refusal`.' },
        ),
        google: none('Gemini has none.'),
      }),
      responses: responsesAnswers(returns({ output: [message({ type: 'refusal', refusal: 'I will not.' })] }), {
        google: none('Gemini has none.'),
      }),
    },
  },
  {
    name: 'which stop sequence ended it (`stop_sequence`)',
    given: {
      openai: { text: 'Hello.' },
      anthropic: claude({ stop: { stop_reason: 'stop_sequence', stop_sequence: 'END' } }),
      google: { text: 'Hello.' },
    },
    on: {
      chat: chatAnswers({
        anthropic: { is: 'dropped', returns: choice({ finish_reason: 'stop' }) },
        google: none('Gemini does not tell.'),
      }),
      messages: messagesAnswers({
        openai: {
          is: 'dropped',
          returns: { stop_reason: 'end_turn', stop_sequence: null },
          note: 'They do not tell: it reads as the ordinary end.',
        },
        google: {
          is: 'dropped',
          returns: { stop_reason: 'end_turn', stop_sequence: null },
          note: 'They do not tell: it reads as the ordinary end.',
        },
      }),
      responses: 'there are none',
    },
  },
  {
    name: 'the end: `pause_turn`, `model_context_window_exceeded`',
    called: { responses: 'the end: Claude’s `model_context_window_exceeded`' },
    given: { anthropic: claude({ stop: { stop_reason: 'model_context_window_exceeded' } }) },
    on: {
      chat: chatAnswers({
        anthropic: finished('length', '`pause_turn` is `stop`; it comes with tools alone that only Messages can offer.'),
        google: none(),
      }),
      messages: messagesAnswers({ openai: none(), google: none() }),
      responses: responsesAnswers(none(), { anthropic: incomplete('max_output_tokens') }),
    },
  },
  {
    name: 'usage, with what the cache held',
    given: { openai: { usage: CACHED }, anthropic: { usage: CACHED }, google: { usage: CACHED } },
    on: {
      chat: chatAnswers({
        anthropic: returns(
          {
            usage: { prompt_tokens: 100, completion_tokens: 7, total_tokens: 107, prompt_tokens_details: { cached_tokens: 80 } },
          },
          { note: 'The prompt’s tokens include the cached ones in Chat Completions and leave them out in Messages.' },
        ),
        google: returns({
          usage: { prompt_tokens: 100, completion_tokens: 7, total_tokens: 107, prompt_tokens_details: { cached_tokens: 80 } },
        }),
      }),
      messages: messagesAnswers({
        openai: returns(
          { usage: { input_tokens: 20, cache_read_input_tokens: 80, cache_creation_input_tokens: 0, output_tokens: 7 } },
          { note: 'The prompt’s tokens include the cached ones in Chat Completions and leave them out in Messages.' },
        ),
        google: returns(
          { usage: { input_tokens: 20, cache_read_input_tokens: 80, cache_creation_input_tokens: 0, output_tokens: 7 } },
          { note: 'The prompt’s tokens include the cached ones in Chat Completions and leave them out in Messages.' },
        ),
      }),
      responses: responsesAnswers(
        returns({
          usage: { input_tokens: 100, output_tokens: 7, total_tokens: 107, input_tokens_details: { cached_tokens: 80 } },
        }),
      ),
    },
  },
  {
    name: 'usage: tokens written to the cache',
    given: {
      openai: gpt({ content: 'Hello.' }, 'stop', {
        prompt_tokens: 100,
        completion_tokens: 3,
        total_tokens: 103,
        prompt_tokens_details: { cached_tokens: 20, cache_write_tokens: 70 },
      }),
      anthropic: claude({
        stop: { stop_reason: 'end_turn' },
        usage: { input_tokens: 10, cache_read_input_tokens: 20, cache_creation_input_tokens: 70, output_tokens: 1 },
      }),
    },
    on: {
      chat: chatAnswers({
        anthropic: returns({
          usage: {
            prompt_tokens: 100,
            completion_tokens: 3,
            total_tokens: 103,
            prompt_tokens_details: { cached_tokens: 20, cache_write_tokens: 70 },
          },
        }),
        google: none('Gemini does not tell.'),
      }),
      messages: messagesAnswers({
        openai: returns({
          usage: { input_tokens: 10, cache_read_input_tokens: 20, cache_creation_input_tokens: 70, output_tokens: 3 },
        }),
        google: none('Gemini does not tell.'),
      }),
      responses: responsesAnswers(
        returns({
          usage: {
            input_tokens: 100,
            output_tokens: 3,
            total_tokens: 103,
            input_tokens_details: { cached_tokens: 20, cache_write_tokens: 70 },
          },
        }),
        { google: none('Gemini does not tell.') },
      ),
    },
  },
  {
    name: 'usage: tokens of reasoning',
    asks: {
      messages: { max_tokens: 4000, thinking: { type: 'enabled', budget_tokens: 1024 } },
      responses: { reasoning: { effort: 'high', summary: 'auto' } },
    },
    given: {
      openai: { pieces: THOUGHTS, usage: THOUGHT },
      anthropic: { pieces: THOUGHTS, usage: THOUGHT },
      google: { pieces: THOUGHTS, usage: THOUGHT },
    },
    on: {
      chat: chatAnswers({
        anthropic: returns({
          usage: { completion_tokens: 12, total_tokens: 22, completion_tokens_details: { reasoning_tokens: 5 } },
        }),
        google: returns(
          { usage: { completion_tokens: 12, total_tokens: 22, completion_tokens_details: { reasoning_tokens: 5 } } },
          { note: 'Gemini counts thoughts beside the answer, the others within it.' },
        ),
      }),
      messages: messagesAnswers({
        openai: returns({ usage: { input_tokens: 10, output_tokens: 12, output_tokens_details: { thinking_tokens: 5 } } }),
        google: returns(
          { usage: { input_tokens: 10, output_tokens: 12, output_tokens_details: { thinking_tokens: 5 } } },
          { note: 'Gemini counts thoughts beside the answer, the others within it.' },
        ),
      }),
      responses: responsesAnswers(
        returns({ usage: { output_tokens: 12, total_tokens: 22, output_tokens_details: { reasoning_tokens: 5 } } }),
      ),
    },
  },
  {
    name: 'usage: tokens of sound',
    given: {
      google: gemini(
        {},
        {
          promptTokenCount: 50,
          candidatesTokenCount: 3,
          totalTokenCount: 53,
          promptTokensDetails: [
            { modality: 'TEXT', tokenCount: 10 },
            { modality: 'AUDIO', tokenCount: 40 },
          ],
        },
      ),
    },
    on: {
      chat: chatAnswers({
        anthropic: none(),
        google: returns({ usage: { prompt_tokens: 50, total_tokens: 53, prompt_tokens_details: { audio_tokens: 40 } } }),
      }),
      messages: 'there are none',
      responses: responsesAnswers(none(), {
        google: {
          is: 'dropped',
          returns: { usage: { input_tokens: 50, total_tokens: 53 } },
          note: 'They are counted, but Responses have no word for how many were sound.',
        },
      }),
    },
  },
  {
    name: 'thinking (`reasoning_content`, `thinking` blocks), where it was asked for',
    called: { responses: 'thinking (`reasoning` items), where it was asked for' },
    asks: {
      chat: { reasoning_effort: 'high' },
      messages: { max_tokens: 4000, thinking: { type: 'enabled', budget_tokens: 1024 } },
      responses: { reasoning: { effort: 'high', summary: 'auto' } },
    },
    given: { openai: { pieces: THOUGHTS }, anthropic: { pieces: THOUGHTS }, google: { pieces: THOUGHTS } },
    on: {
      chat: chatAnswers({
        anthropic: returns(choice({ message: { content: 'Hello there.', reasoning_content: 'Let me think.' } }), {
          note: 'Without its signature, for which there is no field: after a tool’s result, models with a thinking budget answer without thinking.',
        }),
        google: returns(choice({ message: { content: 'Hello there.', reasoning_content: 'Let me think.' } })),
      }),
      messages: messagesAnswers({
        openai: returns(
          {
            content: [
              { type: 'thinking', thinking: 'Let me think.', signature: '' },
              { type: 'text', text: 'Hello there.' },
            ],
          },
          {
            note: 'With an empty signature, which only Anthropic can give. OpenAI itself shows none here; compatible servers do.',
          },
        ),
        google: returns(
          {
            content: [
              { type: 'thinking', thinking: 'Let me think.', signature: '' },
              { type: 'text', text: 'Hello there.' },
            ],
          },
          {
            note: 'With an empty signature, which only Anthropic can give. OpenAI itself shows none here; compatible servers do.',
          },
        ),
      }),
      responses: responsesAnswers(
        returns(
          {
            output: [
              { type: 'reasoning', summary: [{ type: 'summary_text', text: 'Let me think.' }] },
              message({ type: 'output_text', text: 'Hello there.' }),
            ],
          },
          { note: 'Unencrypted, so that it is of no use in the next request.' },
        ),
      ),
    },
  },
  {
    name: 'thinking that was not asked for',
    given: { openai: { pieces: THOUGHTS }, anthropic: { pieces: THOUGHTS }, google: { pieces: THOUGHTS } },
    on: {
      chat: chatAnswers({
        anthropic: returns(choice({ message: { content: 'Hello there.', reasoning_content: 'Let me think.' } })),
        google: returns(choice({ message: { content: 'Hello there.', reasoning_content: 'Let me think.' } })),
      }),
      messages: messagesAnswers({
        openai: {
          is: 'dropped',
          returns: { content: [{ type: 'text', text: 'Hello there.' }] },
          note: 'Code that did not ask for thinking may take the first block for the answer.',
        },
        google: {
          is: 'dropped',
          returns: { content: [{ type: 'text', text: 'Hello there.' }] },
          note: 'Code that did not ask for thinking may take the first block for the answer.',
        },
      }),
      responses: responsesAnswers(
        returns({
          output: [
            { type: 'reasoning', summary: [{ type: 'summary_text', text: 'Let me think.' }] },
            message({ type: 'output_text', text: 'Hello there.' }),
          ],
        }),
      ),
    },
  },
  {
    name: "Gemini's signature of a call",
    given: { google: { pieces: CALLS, finish: 'tool-calls' } },
    on: {
      chat: chatAnswers({
        anthropic: none(),
        google: returns(
          choice({
            message: { tool_calls: [{ extra_content: { google: { thought_signature: 'c2ltdWxhdGVkLXRob3VnaHQ=' } } }, {}] },
          }),
          { note: 'Where Google’s own OpenAI-compatible endpoint puts it; clients that keep messages whole send it back.' },
        ),
      }),
      messages: messagesAnswers({ openai: none(), google: { is: 'dropped', returns: { content: toolUses } } }),
      responses: responsesAnswers(none(), { google: { is: 'dropped', returns: { output: functionCalls } } }),
    },
  },
  {
    name: 'several choices (`n`)',
    asks: { chat: { n: 2 } },
    given: {
      google: (() => {
        const body = {
          candidates: ['A', 'B'].map((words, index) => ({
            index,
            content: { role: 'model', parts: [{ text: words }] },
            finishReason: 'STOP',
          })),
          modelVersion: 'gemini-2.5-flash',
        }
        return { json: body, events: [body] }
      })(),
    },
    on: {
      chat: chatAnswers({
        anthropic: none('Refused.'),
        google: returns({
          choices: [
            { index: 0, message: { content: 'A' } },
            { index: 1, message: { content: 'B' } },
          ],
        }),
      }),
      messages: 'there is one',
      responses: 'there is one',
    },
  },
  {
    name: 'log probabilities',
    asks: { chat: { logprobs: true }, responses: { include: ['message.output_text.logprobs'] } },
    given: {
      google: gemini({
        logprobsResult: {
          chosenCandidates: [{ token: 'Hello.', logProbability: -0.5 }],
          topCandidates: [{ candidates: [{ token: 'Hello.', logProbability: -0.5 }] }],
        },
      }),
    },
    on: {
      chat: chatAnswers({
        anthropic: none('There are none.'),
        google: returns(
          choice({
            logprobs: { content: [{ token: 'Hello.', logprob: -0.5, top_logprobs: [{ token: 'Hello.', logprob: -0.5 }] }] },
          }),
        ),
      }),
      messages: 'there are none',
      responses: responsesAnswers(none(), {
        google: returns({
          output: [
            message({
              type: 'output_text',
              logprobs: [{ token: 'Hello.', logprob: -0.5, top_logprobs: [{ token: 'Hello.', logprob: -0.5 }] }],
            }),
          ],
        }),
      }),
    },
  },
  {
    name: '`id`',
    called: { responses: '`id`, of the response and of its items' },
    given: { openai: {}, anthropic: {}, google: {} },
    on: {
      chat: chatAnswers({
        anthropic: returns(
          { id: expectText(/^chatcmpl-[\w-]{36}$/) },
          { note: 'The router’s own, which the log line and `x-request-id` hold too.' },
        ),
        google: returns(
          { id: expectText(/^chatcmpl-[\w-]{36}$/) },
          { note: 'The router’s own, which the log line and `x-request-id` hold too.' },
        ),
      }),
      messages: messagesAnswers({
        openai: returns(
          { id: expectText(/^msg_upstream/), type: 'message' },
          { note: 'The upstream’s, under the prefix `msg_`.' },
        ),
        google: returns(
          { id: expectText(/^msg_[\w-]{36}$/), type: 'message' },
          { note: 'The router’s own, which the log line and `x-request-id` hold too.' },
        ),
      }),
      responses: responsesAnswers(
        returns(
          { id: expectText(/^resp_\w{30,}$/), object: 'response', output: [{ id: expectText(/^msg_\w{30,}_0$/) }] },
          { note: 'The router’s own, which the log line and `x-request-id` hold too.' },
        ),
      ),
    },
  },
  {
    name: '`model`',
    given: { openai: {}, anthropic: {}, google: {} },
    on: {
      chat: chatAnswers({ anthropic: returns({ model: 'claude-sonnet-4-5' }), google: returns({ model: 'gemini-2.5-flash' }) }),
      messages: {
        anthropic: { is: 'native' },
        openai: returns(
          { model: 'gpt-5.2' },
          { note: 'As the upstream calls it, which may be more exact than what was asked for.' },
        ),
        'openai-compatible': returns(
          { model: 'llama-4' },
          { note: 'As the upstream calls it, which may be more exact than what was asked for.' },
        ),
        google: returns({ model: 'gemini-2.5-flash' }),
      },
      responses: responsesAnswers(
        returns({ model: 'llama-4' }, { note: 'As the upstream calls it, which may be more exact than what was asked for.' }),
        { anthropic: returns({ model: 'claude-sonnet-4-5' }), google: returns({ model: 'gemini-2.5-flash' }) },
      ),
    },
  },
  {
    name: '`created`',
    called: { responses: '`created_at`' },
    given: { openai: {}, anthropic: {}, google: {} },
    on: {
      chat: chatAnswers({
        anthropic: returns(
          { created: expectNumber(), object: expectText(/^chat\.completion/) },
          { note: 'When the router took the request.' },
        ),
        google: returns(
          { created: expectNumber(), object: expectText(/^chat\.completion/) },
          { note: 'When the router took the request.' },
        ),
      }),
      messages: 'there is none',
      responses: responsesAnswers(returns({ created_at: expectNumber() }, { note: 'When the router took the request.' })),
    },
  },
  {
    name: 'the request’s settings, repeated',
    asks: { responses: { instructions: 'Be brief.', temperature: 0.5, user: 'ann' } },
    given: { openai: {}, anthropic: {}, google: {} },
    on: {
      chat: 'it repeats none',
      messages: 'it repeats none',
      responses: responsesAnswers(
        returns(
          { instructions: 'Be brief.', temperature: 0.5, user: 'ann', store: false, previous_response_id: null },
          { note: 'As the caller gave them; what was not given is null, since no provider tells its defaults.' },
        ),
      ),
    },
  },
  {
    name: '`system_fingerprint`, `service_tier`',
    given: {
      openai: gpt({ content: 'Hello.' }, 'stop', undefined, { system_fingerprint: 'fp_1', service_tier: 'default' }),
      anthropic: {},
      google: {},
    },
    on: {
      chat: chatAnswers({
        anthropic: { is: 'dropped', returns: {}, lacks: ['system_fingerprint', 'service_tier'] },
        google: none('Gemini has none.'),
      }),
      messages: messagesAnswers({
        openai: { is: 'dropped', returns: { usage: { service_tier: null } }, streams: {} },
        google: none('Gemini has none.'),
      }),
      responses: responsesAnswers(
        { is: 'dropped', returns: { service_tier: 'default' }, lacks: ['system_fingerprint'] },
        { google: none('Gemini has none.') },
      ),
    },
  },
  {
    name: 'what Anthropic’s own tools did, citations',
    given: {
      anthropic: claude({
        stop: { stop_reason: 'end_turn' },
        blocks: [
          { type: 'server_tool_use', id: 's1', name: 'web_search', input: {} },
          { type: 'text', text: 'Hello.', citations: [{ type: 'char_location', cited_text: 'x' }] },
        ],
      }),
    },
    on: {
      chat: chatAnswers({ anthropic: { is: 'dropped', returns: choice({ message: { content: 'Hello.' } }) }, google: none() }),
      messages: messagesAnswers({ openai: none(), google: none() }),
      responses: responsesAnswers(none(), {
        anthropic: { is: 'dropped', returns: { output: [message({ type: 'output_text', text: 'Hello.', annotations: [] })] } },
      }),
    },
  },
]

/** Stand-ins for what differs from run to run; the walker turns them into matchers. */
function expectText(pattern: RegExp) {
  return { $matches: pattern.source }
}
function expectNumber() {
  return { $number: true }
}

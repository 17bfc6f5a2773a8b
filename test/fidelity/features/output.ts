/** The form of the answer, its length, and how it is sampled. */
import {
  chat,
  dropped,
  elsewhere,
  likeChat,
  messages,
  type RequestRow,
  refused,
  responses,
  unsaid,
  without,
  yes,
} from '../feature'

const schema = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'], additionalProperties: false }
const optional = { type: 'object', properties: { a: { type: 'string' } }, additionalProperties: false }
const open = { type: 'object', properties: { a: { type: 'string', minLength: 2 } }, required: ['a'] }
const json = (what: object, strict?: boolean) => ({
  response_format: {
    type: 'json_schema',
    json_schema: { name: 'answer', schema: what, ...(strict !== undefined && { strict }) },
  },
})
const claudes = (what: object) => ({ output_config: { format: { type: 'json_schema', schema: what } } })
const geminis = (what: object) => ({ generationConfig: { responseMimeType: 'application/json', responseJsonSchema: what } })
const gen = (generationConfig: object) => ({ generationConfig })
const tool = { type: 'function', function: { name: 'f', parameters: { type: 'object', properties: {} } } }
const flat = { type: 'function', name: 'f', parameters: { type: 'object', properties: {} }, strict: false }
const format = (what: object, strict: boolean) => ({
  text: { format: { type: 'json_schema', name: 'answer', schema: what, strict } },
})

const NEWER = { anthropic: 'claude-sonnet-5', google: 'gemini-3.6-flash' }

export const OUTPUT: readonly RequestRow[] = [
  {
    name: '`response_format` json_object',
    on: {
      chat: chat(
        { messages: [{ role: 'user', content: 'Say hi in JSON.' }], response_format: { type: 'json_object' } },
        {
          anthropic: yes(
            {
              system: [
                {
                  type: 'text',
                  text: 'Answer with a single JSON object and nothing else: no prose around it and no code fence.',
                },
              ],
            },
            { lacks: ['output_config'], note: 'Asked for in the system prompt: Claude has no parameter for it.' },
          ),
          google: yes(gen({ responseMimeType: 'application/json' }), { lacks: ['generationConfig.responseJsonSchema'] }),
        },
      ),
      messages: 'there is none',
      responses: likeChat(
        { input: 'Say hi in JSON.', text: { format: { type: 'json_object' } } },
        { called: '`text.format` json_object' },
      ),
    },
  },
  {
    name: 'a JSON schema (`response_format`, `output_config.format`)',
    on: {
      chat: chat(json(schema, true), { anthropic: yes(claudes(schema)), google: yes(geminis(schema)) }),
      messages: messages(claudes(schema), {
        openai: yes(json(schema, true), { note: '`strict` where the schema is one that OpenAI calls so, as here.' }),
        google: yes(geminis(schema)),
      }),
      responses: likeChat(format(schema, true), { called: 'a JSON schema (`text.format`)' }),
    },
  },
  {
    name: 'a JSON schema that is not strict',
    on: {
      chat: chat(json(open, false), {
        anthropic: yes(
          claudes({
            type: 'object',
            properties: { a: { type: 'string', description: '(minLength: 2)' } },
            required: ['a'],
            additionalProperties: false,
          }),
          {
            note: 'Claude knows a part of JSON Schema: objects are closed, and what it cannot enforce moves into the description.',
          },
        ),
        google: yes(geminis(open)),
      }),
      messages: messages(claudes(optional), {
        openai: yes(json(optional), {
          lacks: ['response_format.json_schema.strict'],
          note: 'Without `strict`: OpenAI’s strict schemas have no optional properties.',
        }),
        google: yes(geminis(optional)),
      }),
      responses: likeChat(format(open, false)),
    },
  },
  {
    name: 'a JSON schema and tools at once',
    on: {
      chat: chat(
        { ...json(schema, true), tools: [tool] },
        {
          anthropic: yes({ ...claudes(schema), tools: [{ name: 'f' }] }),
          google: refused('response_format', 'Gemini before 3 does one or the other.'),
        },
      ),
      messages: 'as above',
      responses: likeChat(
        { ...format(schema, true), tools: [flat] },
        { google: refused('text.format', 'Gemini before 3 does one or the other.') },
      ),
    },
  },
  {
    name: 'a JSON schema at models without one',
    models: { anthropic: 'claude-3-5-haiku-20241022' },
    on: {
      chat: chat(json(schema, true), { anthropic: refused('response_format'), google: yes(geminis(schema)) }),
      messages: 'as above',
      responses: likeChat(format(schema, true), { anthropic: refused('text.format') }),
    },
  },
  {
    name: '`stop`, one or several',
    on: {
      chat: chat(
        { stop: ['a', 'b'] },
        { anthropic: yes({ stop_sequences: ['a', 'b'] }), google: yes(gen({ stopSequences: ['a', 'b'] })) },
      ),
      messages: messages(
        { stop_sequences: ['a', 'b'] },
        { openai: yes({ stop: ['a', 'b'] }), google: yes(gen({ stopSequences: ['a', 'b'] })) },
      ),
      responses: 'there is none',
    },
  },
  {
    name: '`stop` as a text',
    on: {
      chat: chat({ stop: 'a' }, { anthropic: yes({ stop_sequences: ['a'] }), google: yes(gen({ stopSequences: ['a'] })) }),
      messages: 'there is none',
      responses: 'there is none',
    },
  },
  {
    name: '`stop` of white space',
    on: {
      chat: chat(
        { stop: ['\n', 'b'] },
        { anthropic: dropped('stop', { sends: { stop_sequences: ['b'] } }), google: yes(gen({ stopSequences: ['\n', 'b'] })) },
      ),
      messages: 'Anthropic takes none',
      responses: 'there is none',
    },
  },
  {
    name: 'six stop sequences',
    on: {
      chat: chat(
        { stop: ['a', 'b', 'c', 'd', 'e', 'f'] },
        {
          openai: refused('stop', 'OpenAI takes 4, Gemini 5.'),
          anthropic: yes({ stop_sequences: ['a', 'b', 'c', 'd', 'e', 'f'] }),
          google: refused('stop', 'OpenAI takes 4, Gemini 5.'),
        },
      ),
      messages: messages(
        { stop_sequences: ['a', 'b', 'c', 'd', 'e', 'f'] },
        {
          openai: refused('stop_sequences', 'OpenAI takes 4, Gemini 5.'),
          'openai-compatible': yes({ stop: ['a', 'b', 'c', 'd', 'e', 'f'] }),
          google: refused('stop_sequences', 'OpenAI takes 4, Gemini 5.'),
        },
      ),
      responses: 'there is none',
    },
  },
  {
    name: '`max_tokens`',
    on: {
      chat: chat(
        { max_tokens: 50 },
        {
          openai: yes(
            { max_completion_tokens: 50 },
            { lacks: ['max_tokens'], note: 'Under its newer name, which every model of OpenAI’s takes.' },
          ),
          anthropic: yes({ max_tokens: 50 }),
          google: yes(gen({ maxOutputTokens: 50 })),
        },
      ),
      messages: messages(
        { max_tokens: 50 },
        {
          openai: yes(
            { max_completion_tokens: 50 },
            { lacks: ['max_tokens'], note: 'Under its newer name, which every model of OpenAI’s takes.' },
          ),
          'openai-compatible': yes({ max_tokens: 50 }),
          google: yes(gen({ maxOutputTokens: 50 })),
        },
      ),
      responses: likeChat({ max_output_tokens: 50 }, { called: '`max_output_tokens`' }),
    },
  },
  {
    name: '`max_completion_tokens`',
    on: {
      chat: chat(
        { max_completion_tokens: 50 },
        { anthropic: yes({ max_tokens: 50 }), google: yes(gen({ maxOutputTokens: 50 })) },
      ),
      messages: 'there is none',
      responses: 'as above',
    },
  },
  {
    name: 'no limit on the answer',
    on: {
      chat: chat(
        {},
        {
          anthropic: yes(
            { max_tokens: 16_000 },
            { note: 'Anthropic demands a limit: a large one that the model is known to take.' },
          ),
          google: yes({}, { lacks: ['generationConfig'] }),
        },
      ),
      messages: 'Anthropic demands one',
      responses: likeChat({}),
    },
  },
  {
    name: 'a limit beyond what the model can write',
    models: { openai: 'gpt-4o' },
    on: {
      chat: chat(
        { max_completion_tokens: 1_000_000 },
        {
          openai: yes(
            { max_completion_tokens: 16_384 },
            {
              note: 'Cut down to the model’s own where that is known, and not reported: the answer is the same. Where it is not known, the upstream’s refusal makes the next model be tried.',
            },
          ),
          anthropic: yes(
            { max_tokens: 64_000 },
            {
              note: 'Cut down to the model’s own where that is known, and not reported: the answer is the same. Where it is not known, the upstream’s refusal makes the next model be tried.',
            },
          ),
          google: yes(gen({ maxOutputTokens: 65_536 }), {
            note: 'Cut down to the model’s own where that is known, and not reported: the answer is the same. Where it is not known, the upstream’s refusal makes the next model be tried.',
          }),
        },
      ),
      messages: messages(
        { max_tokens: 1_000_000 },
        {
          openai: yes(
            { max_completion_tokens: 16_384 },
            {
              note: 'Cut down to the model’s own where that is known, and not reported: the answer is the same. Where it is not known, the upstream’s refusal makes the next model be tried.',
            },
          ),
          'openai-compatible': yes({ max_tokens: 1_000_000 }),
          google: yes(gen({ maxOutputTokens: 65_536 }), {
            note: 'Cut down to the model’s own where that is known, and not reported: the answer is the same. Where it is not known, the upstream’s refusal makes the next model be tried.',
          }),
        },
      ),
      responses: likeChat(
        { max_output_tokens: 1_000_000 },
        {
          openai: yes(
            { max_output_tokens: 16_384 },
            {
              note: 'Cut down to the model’s own where that is known, and not reported: the answer is the same. Where it is not known, the upstream’s refusal makes the next model be tried.',
            },
          ),
          'openai-compatible': yes({ max_tokens: 1_000_000 }),
        },
      ),
    },
  },
  {
    name: '`temperature`',
    on: {
      chat: chat(
        { temperature: 1.7 },
        {
          anthropic: yes({ temperature: 1 }, { note: 'Claude’s scale ends at 1: what is beyond is cut down, and not reported.' }),
          google: yes(gen({ temperature: 1.7 })),
        },
      ),
      messages: messages({ temperature: 0.5 }, { openai: yes({ temperature: 0.5 }), google: yes(gen({ temperature: 0.5 })) }),
      responses: likeChat({ temperature: 1.7 }),
    },
  },
  {
    name: '`top_p`',
    on: {
      chat: chat({ top_p: 0.9 }, { anthropic: yes({ top_p: 0.9 }), google: yes(gen({ topP: 0.9 })) }),
      messages: messages({ top_p: 0.9 }, { openai: yes({ top_p: 0.9 }), google: yes(gen({ topP: 0.9 })) }),
      responses: likeChat({ top_p: 0.9 }),
    },
  },
  {
    name: '`temperature` and `top_p` together',
    on: {
      chat: chat(
        { temperature: 0.5, top_p: 0.9 },
        {
          anthropic: dropped('top_p', { sends: { temperature: 0.5 }, note: 'Claude 4.1 and later take one of the two.' }),
          google: yes(gen({ temperature: 0.5, topP: 0.9 })),
        },
      ),
      messages: messages(
        { temperature: 0.5, top_p: 0.9 },
        { openai: yes({ temperature: 0.5, top_p: 0.9 }), google: yes(gen({ temperature: 0.5, topP: 0.9 })) },
      ),
      responses: likeChat({ temperature: 0.5, top_p: 0.9 }),
    },
  },
  {
    name: '`top_k`',
    on: {
      chat: chat({ top_k: 5 }, { openai: dropped('top_k'), anthropic: yes({ top_k: 5 }), google: yes(gen({ topK: 5 })) }),
      messages: messages(
        { top_k: 5 },
        { openai: dropped('top_k'), 'openai-compatible': yes({ top_k: 5 }), google: yes(gen({ topK: 5 })) },
      ),
      responses: 'there is none',
    },
  },
  {
    name: 'the same at models that sample as they like (Claude from Opus 4.7 and Sonnet 5, Gemini from 3.6)',
    models: NEWER,
    unchecked: 'natively it is the upstream that refuses them',
    on: {
      chat: chat(
        { temperature: 0.5, top_p: 0.9, top_k: 5, frequency_penalty: 0.1, presence_penalty: 0.1 },
        {
          openai: dropped('top_k', { sends: { temperature: 0.5, top_p: 0.9 } }),
          anthropic: dropped(['frequency_penalty', 'presence_penalty', 'temperature', 'top_p', 'top_k']),
          google: dropped(['temperature', 'top_p', 'top_k', 'frequency_penalty', 'presence_penalty']),
        },
      ),
      messages: messages(
        { temperature: 0.5, top_p: 0.9, top_k: 5 },
        {
          openai: dropped('top_k', { sends: { temperature: 0.5, top_p: 0.9 } }),
          'openai-compatible': yes({ temperature: 0.5, top_p: 0.9, top_k: 5 }),
          google: dropped(['temperature', 'top_p', 'top_k']),
        },
      ),
      responses: likeChat(
        { temperature: 0.5, top_p: 0.9 },
        {
          'openai-compatible': yes({ temperature: 0.5, top_p: 0.9 }),
          anthropic: dropped(['temperature', 'top_p']),
          google: dropped(['temperature', 'top_p']),
        },
      ),
    },
  },
  {
    name: '`frequency_penalty`, `presence_penalty`',
    on: {
      chat: chat(
        { frequency_penalty: 0.5, presence_penalty: -0.5 },
        {
          anthropic: dropped(['frequency_penalty', 'presence_penalty']),
          google: yes(gen({ frequencyPenalty: 0.5, presencePenalty: -0.5 })),
        },
      ),
      messages: 'there are none',
      responses: 'there are none',
    },
  },
  {
    name: '`seed`',
    on: {
      chat: chat({ seed: 7 }, { anthropic: dropped('seed'), google: yes(gen({ seed: 7 })) }),
      messages: 'there is none',
      responses: 'there is none',
    },
  },
  {
    name: '`n` above 1',
    unchecked: 'the simulated Gemini gives one candidate, as most models do',
    on: {
      chat: chat({ n: 2 }, { anthropic: refused('n'), google: yes(gen({ candidateCount: 2 })) }),
      messages: 'there is none',
      responses: 'there is none',
    },
  },
  {
    name: '`logprobs`, `top_logprobs`',
    on: {
      chat: chat(
        { logprobs: true, top_logprobs: 3 },
        { anthropic: dropped(['logprobs', 'top_logprobs']), google: yes(gen({ responseLogprobs: true, logprobs: 3 })) },
      ),
      messages: 'there are none',
      responses: likeChat(
        { include: ['message.output_text.logprobs'], top_logprobs: 3 },
        { called: '`include` of log probabilities, `top_logprobs`', anthropic: dropped(['include', 'top_logprobs']) },
      ),
    },
  },
  {
    name: '`logit_bias`',
    on: {
      chat: chat({ logit_bias: { '5': -100 } }, { anthropic: dropped('logit_bias'), google: dropped('logit_bias') }),
      messages: 'there is none',
      responses: 'there is none',
    },
  },
  {
    name: '`modalities` with audio, `audio`',
    on: {
      chat: chat(
        { modalities: ['text', 'audio'], audio: { voice: 'alloy', format: 'wav' } },
        { anthropic: refused('modalities'), google: refused('modalities') },
      ),
      messages: 'there are none',
      responses: 'there are none',
    },
  },
  {
    name: '`reasoning_effort`, `thinking` with a budget',
    on: {
      chat: chat(
        { reasoning_effort: 'high' },
        {
          anthropic: yes({ thinking: { type: 'enabled', budget_tokens: 16_000 }, max_tokens: 32_000 }),
          google: yes(gen({ thinkingConfig: { thinkingBudget: 24_576, includeThoughts: true } })),
        },
      ),
      messages: messages(
        { max_tokens: 20_000, thinking: { type: 'enabled', budget_tokens: 16_000 } },
        {
          openai: yes({ reasoning_effort: 'high' }, { note: 'The nearest word to the budget.' }),
          google: yes(gen({ thinkingConfig: { thinkingBudget: 24_576, includeThoughts: true } })),
        },
      ),
      responses: likeChat({ reasoning: { effort: 'high' } }, { called: '`reasoning.effort`' }),
    },
  },
  {
    name: '`reasoning_effort` under a small `max_tokens`, which the thinking counts against',
    on: {
      chat: chat(
        { reasoning_effort: 'high', max_completion_tokens: 3000 },
        {
          anthropic: yes(
            { thinking: { type: 'enabled', budget_tokens: 1500 }, max_tokens: 3000 },
            { note: 'At most half of it.' },
          ),
          google: yes(gen({ thinkingConfig: { thinkingBudget: 24_576 }, maxOutputTokens: 3000 })),
        },
      ),
      messages: 'the caller gives both',
      responses: likeChat(
        { reasoning: { effort: 'high' }, max_output_tokens: 3000 },
        {
          called: '`reasoning.effort` under a small `max_output_tokens`, which the thinking counts against',
          'openai-compatible': yes({ reasoning_effort: 'high', max_tokens: 3000 }),
        },
      ),
    },
  },
  {
    name: '`reasoning_effort` where there is no room for it',
    on: {
      chat: chat(
        { reasoning_effort: 'high', max_completion_tokens: 1000 },
        {
          anthropic: dropped('reasoning_effort', { sends: { max_tokens: 1000 }, lacks: ['thinking'] }),
          google: yes(gen({ thinkingConfig: { thinkingBudget: 24_576 }, maxOutputTokens: 1000 })),
        },
      ),
      messages: 'the caller gives both',
      responses: likeChat(
        { reasoning: { effort: 'high' }, max_output_tokens: 1000 },
        {
          called: '`reasoning.effort` where there is no room for it',
          'openai-compatible': yes({ reasoning_effort: 'high', max_tokens: 1000 }),
          anthropic: dropped('reasoning.effort', { sends: { max_tokens: 1000 }, lacks: ['thinking'] }),
        },
      ),
    },
  },
  {
    name: '`reasoning_effort`, adaptive `thinking` with an effort, at newer models',
    models: { anthropic: 'claude-sonnet-5', google: 'gemini-3-flash' },
    on: {
      chat: chat(
        { reasoning_effort: 'high' },
        {
          anthropic: yes({ thinking: { type: 'adaptive', display: 'summarized' }, output_config: { effort: 'high' } }),
          google: yes(gen({ thinkingConfig: { thinkingLevel: 'HIGH', includeThoughts: true } })),
        },
      ),
      messages: messages(
        { thinking: { type: 'adaptive' }, output_config: { effort: 'high' } },
        {
          openai: yes({ reasoning_effort: 'high' }),
          google: yes(gen({ thinkingConfig: { thinkingLevel: 'HIGH', includeThoughts: true } })),
        },
      ),
      responses: likeChat({ reasoning: { effort: 'high' } }, { called: '`reasoning.effort` at newer models' }),
    },
  },
  {
    name: '`reasoning_effort` none, `thinking` disabled',
    on: {
      chat: chat(
        { reasoning_effort: 'none' },
        { anthropic: yes({}, { lacks: ['thinking'] }), google: yes(gen({ thinkingConfig: { thinkingBudget: 0 } })) },
      ),
      messages: messages(
        { thinking: { type: 'disabled' } },
        {
          openai: unsaid(
            {},
            {
              lacks: ['reasoning_effort'],
              note: 'Not reported: clients say it by habit, and models that cannot think refuse the very word.',
            },
          ),
          google: unsaid(
            { generationConfig: { maxOutputTokens: 100 } },
            {
              lacks: ['generationConfig.thinkingConfig'],
              note: 'Not reported: clients say it by habit, and models that cannot think refuse the very word.',
            },
          ),
        },
      ),
      responses: likeChat({ reasoning: { effort: 'none' } }, { called: '`reasoning.effort` none' }),
    },
  },
  {
    name: 'thinking beside a forced tool',
    on: {
      chat: chat(
        { reasoning_effort: 'high', tools: [tool], tool_choice: 'required' },
        {
          anthropic: dropped('reasoning_effort', {
            sends: { tool_choice: { type: 'any' } },
            lacks: ['thinking'],
            note: 'Claude refuses the two together.',
          }),
          google: yes(gen({ thinkingConfig: { thinkingBudget: 24_576 } })),
        },
      ),
      messages: 'Anthropic refuses it',
      responses: likeChat(
        { reasoning: { effort: 'high' }, tools: [flat], tool_choice: 'required' },
        {
          anthropic: dropped('reasoning.effort', {
            sends: { tool_choice: { type: 'any' } },
            lacks: ['thinking'],
            note: 'Claude refuses the two together.',
          }),
        },
      ),
    },
  },
  {
    name: '`thinking`, Anthropic’s own field',
    on: {
      chat: chat(
        { max_completion_tokens: 8000, thinking: { type: 'enabled', budget_tokens: 5000 } },
        {
          openai: dropped('thinking', { note: 'OpenAI’s API refuses the very name; compatible servers may know it.' }),
          anthropic: yes(
            { max_tokens: 8000, thinking: { type: 'enabled', budget_tokens: 5000 } },
            { note: 'Unless `reasoning_effort` says otherwise.' },
          ),
          google: dropped('thinking'),
        },
      ),
      messages: 'as above',
      responses: 'there is none',
    },
  },
  {
    name: '`reasoning.summary`',
    on: {
      chat: 'there is none',
      messages: 'there is none',
      responses: responses(
        { reasoning: { summary: 'auto' } },
        elsewhere(without(['reasoning'], 'What they show of their thinking comes as a summary, asked for or not.')),
      ),
    },
  },
  {
    name: '`truncation`, `max_tool_calls`, `include` of what is encrypted',
    on: {
      chat: 'there are none',
      messages: 'there are none',
      responses: responses(
        { include: ['reasoning.encrypted_content'], max_tool_calls: 3, truncation: 'auto' },
        elsewhere(dropped(['include', 'truncation', 'max_tool_calls'])),
      ),
    },
  },
  {
    name: '`moderation`',
    on: {
      chat: 'there is none',
      messages: 'there is none',
      responses: responses({ moderation: { model: 'omni-moderation-latest' } }, elsewhere(refused('moderation'))),
    },
  },
  {
    name: '`verbosity`',
    on: {
      chat: chat({ verbosity: 'low' }, { anthropic: dropped('verbosity'), google: dropped('verbosity') }),
      messages: 'there is none',
      responses: likeChat(
        { text: { verbosity: 'low' } },
        { called: '`text.verbosity`', anthropic: dropped('text.verbosity'), google: dropped('text.verbosity') },
      ),
    },
  },
  {
    name: '`prediction`',
    on: {
      chat: chat(
        { prediction: { type: 'content', content: 'x' } },
        { anthropic: dropped('prediction'), google: dropped('prediction') },
      ),
      messages: 'there is none',
      responses: 'there is none',
    },
  },
]

/** Whose request it is, what it may cost, what is kept of it: what matters to the provider more than to the answer. */
import {
  type Ask,
  chat,
  dropped,
  elsewhere,
  likeChat,
  messages,
  native,
  none,
  type RequestRow,
  refused,
  responses,
  unsaid,
  without,
  yes,
} from '../feature'

const said = (...content: readonly object[]) => ({ messages: [{ role: 'user', content }] })
const MARK = { cache_control: { type: 'ephemeral' } }
const A = { type: 'text', text: 'A' }
const BY_ITSELF = 'Left out, and not reported: these providers cache by themselves.'

const NO_BETA = unsaid({}, { lacksHeaders: ['openai-beta'], note: 'Not reported: it means nothing to other providers.' })
const BETAS: Ask = {
  body: {},
  headers: { 'openai-beta': 'one=v1,two=v2' },
  cells: { openai: native({ sendsHeaders: { 'openai-beta': 'one=v1,two=v2' } }), ...elsewhere(NO_BETA) },
}
const NO_ACCOUNT = unsaid(
  {},
  {
    lacksHeaders: ['openai-organization', 'openai-project'],
    note: 'Not reported. They name the caller’s account, and the router answers by its own; the configuration’s `headers` can set them.',
  },
)
const ACCOUNTS: Ask = {
  body: {},
  headers: { 'openai-organization': 'org-of-the-caller', 'openai-project': 'proj_of_the_caller' },
  cells: { openai: NO_ACCOUNT, 'openai-compatible': NO_ACCOUNT, anthropic: none(), google: none() },
}

export const ACCOUNT: readonly RequestRow[] = [
  {
    name: 'cache breakpoints (`cache_control`)',
    on: {
      chat: chat(said({ ...A, ...MARK }), {
        openai: unsaid(said(A), { lacks: ['messages[0].content[0].cache_control'], note: BY_ITSELF }),
        anthropic: yes(said({ ...A, ...MARK })),
        google: unsaid(
          { contents: [{ role: 'user', parts: [{ text: 'A' }] }] },
          { lacks: ['contents[0].parts[0].cache_control'], note: BY_ITSELF },
        ),
      }),
      messages: messages(said({ ...A, ...MARK }), {
        openai: unsaid({ messages: [{ role: 'user', content: 'A' }] }, { note: BY_ITSELF }),
        google: unsaid(
          { contents: [{ role: 'user', parts: [{ text: 'A' }] }] },
          { lacks: ['contents[0].parts[0].cache_control'], note: BY_ITSELF },
        ),
      }),
      responses: 'there are none',
    },
  },
  {
    name: 'cache breakpoints (`prompt_cache_breakpoint`)',
    on: {
      chat: chat(said({ ...A, prompt_cache_breakpoint: { mode: 'explicit' } }), {
        anthropic: yes(said({ ...A, ...MARK })),
        google: unsaid(
          { contents: [{ role: 'user', parts: [{ text: 'A' }] }] },
          { lacks: ['contents[0].parts[0].prompt_cache_breakpoint'], note: BY_ITSELF },
        ),
      }),
      messages: 'there are none',
      responses: likeChat({
        input: [{ role: 'user', content: [{ type: 'input_text', text: 'A', prompt_cache_breakpoint: { mode: 'explicit' } }] }],
      }),
    },
  },
  {
    name: '`prompt_cache_key`',
    on: {
      chat: chat(
        { prompt_cache_key: 'k' },
        {
          anthropic: dropped('prompt_cache_key', {
            note: 'The router itself still goes by it: consistent hashing takes it as the key.',
          }),
          google: dropped('prompt_cache_key', {
            note: 'The router itself still goes by it: consistent hashing takes it as the key.',
          }),
        },
      ),
      messages: 'there is none',
      responses: likeChat({ prompt_cache_key: 'k' }),
    },
  },
  {
    name: '`prompt_cache_options`, `prompt_cache_retention`',
    on: {
      chat: chat(
        { prompt_cache_options: { ttl: '30m' }, prompt_cache_retention: '24h' },
        {
          anthropic: dropped(['prompt_cache_options', 'prompt_cache_retention']),
          google: dropped(['prompt_cache_options', 'prompt_cache_retention']),
        },
      ),
      messages: 'there are none',
      responses: responses(
        { prompt_cache_options: { ttl: '30m' }, prompt_cache_retention: '24h' },
        elsewhere(dropped(['prompt_cache_options', 'prompt_cache_retention'])),
      ),
    },
  },
  {
    name: '`user`, `metadata.user_id`',
    on: {
      chat: chat({ user: 'ann' }, { anthropic: yes({ metadata: { user_id: 'ann' } }), google: dropped('user') }),
      messages: messages(
        { metadata: { user_id: 'ann' } },
        { openai: yes({ user: 'ann' }, { lacks: ['metadata'] }), google: dropped('metadata.user_id') },
      ),
      responses: likeChat({ user: 'ann' }, { called: '`user`' }),
    },
  },
  {
    name: '`safety_identifier`',
    on: {
      chat: chat(
        { safety_identifier: 'ann' },
        { anthropic: yes({ metadata: { user_id: 'ann' } }), google: dropped('safety_identifier') },
      ),
      messages: 'there is none',
      responses: likeChat({ safety_identifier: 'ann' }),
    },
  },
  {
    name: '`metadata`',
    on: {
      chat: chat(
        { metadata: { project: 'x' } },
        {
          openai: dropped('metadata', { note: 'Kept with `store`: OpenAI refuses it otherwise.' }),
          'openai-compatible': dropped('metadata', { note: 'Kept with `store`: OpenAI refuses it otherwise.' }),
          anthropic: dropped('metadata'),
          google: dropped('metadata'),
        },
      ),
      messages: 'there is none but the user’s id',
      responses: likeChat({ metadata: { project: 'x' } }),
    },
  },
  {
    name: '`metadata` of router controls alone',
    on: {
      chat: chat(
        { metadata: { 'x-router-strategy': 'random' } },
        {
          openai: without(['metadata'], 'For the router alone.'),
          'openai-compatible': without(['metadata'], 'For the router alone.'),
          anthropic: without(['metadata'], 'For the router alone.'),
          google: without(['metadata'], 'For the router alone.'),
        },
      ),
      messages: 'controls come as headers',
      responses: likeChat(
        { metadata: { 'x-router-strategy': 'random' } },
        { openai: without(['metadata.x-router-strategy'], 'For the router alone.') },
      ),
    },
  },
  {
    name: '`store`',
    on: {
      chat: chat(
        { store: true, metadata: { project: 'x' } },
        { anthropic: dropped(['metadata', 'store']), google: dropped(['metadata', 'store']) },
      ),
      messages: 'there is none',
      responses: responses(
        { store: true, metadata: { project: 'x' } },
        {
          openai: dropped('store', {
            sends: { store: false, metadata: { project: 'x' } },
            note: 'Never stored: the next request may be another provider’s.',
          }),
          ...elsewhere(dropped(['store', 'metadata'])),
        },
      ),
    },
  },
  {
    name: '`service_tier`',
    on: {
      chat: chat({ service_tier: 'flex' }, { anthropic: dropped('service_tier'), google: dropped('service_tier') }),
      messages: messages({ service_tier: 'standard_only' }, { openai: dropped('service_tier'), google: dropped('service_tier') }),
      responses: likeChat({ service_tier: 'flex' }),
    },
  },
  {
    name: '`web_search_options`',
    on: {
      chat: chat({ web_search_options: {} }, { anthropic: refused('web_search_options'), google: refused('web_search_options') }),
      messages: 'a tool of Anthropic’s own',
      responses: 'a tool that OpenAI runs itself',
    },
  },
  {
    name: '`functions`, `function_call`, which came before tools',
    on: {
      chat: chat({ functions: [{ name: 'f' }] }, { anthropic: refused('functions'), google: refused('functions') }),
      messages: 'there are none',
      responses: 'there are none',
    },
  },
  {
    name: 'where it may be computed (`inference_geo`), `container`, `mcp_servers`',
    on: {
      chat: 'there are none',
      messages: messages({ inference_geo: 'us' }, { openai: refused('inference_geo'), google: refused('inference_geo') }),
      responses: 'there are none',
    },
  },
  {
    name: 'fields that nobody here knows',
    unchecked: 'that is for the upstream to judge',
    on: {
      chat: chat({ invented: { deep: [1] } }, { anthropic: dropped('invented'), google: dropped('invented') }),
      messages: messages({ invented: { deep: [1] } }, { openai: dropped('invented'), google: dropped('invented') }),
      responses: responses({ invented: { deep: [1] } }, elsewhere(dropped('invented'))),
    },
  },
  {
    name: '`anthropic-beta`, `anthropic-version`',
    on: {
      chat: 'of another provider',
      messages: {
        body: {},
        headers: { 'anthropic-beta': 'one-2026,two-2026', 'anthropic-version': '2023-06-01' },
        cells: {
          openai: unsaid(
            {},
            { lacksHeaders: ['anthropic-beta', 'anthropic-version'], note: 'Not reported: it means nothing to other providers.' },
          ),
          'openai-compatible': unsaid(
            {},
            { lacksHeaders: ['anthropic-beta', 'anthropic-version'], note: 'Not reported: it means nothing to other providers.' },
          ),
          anthropic: native({ sendsHeaders: { 'anthropic-beta': 'one-2026,two-2026', 'anthropic-version': '2023-06-01' } }),
          google: unsaid(
            {},
            { lacksHeaders: ['anthropic-beta', 'anthropic-version'], note: 'Not reported: it means nothing to other providers.' },
          ),
        },
      },
      responses: 'of another provider',
    },
  },
  {
    name: '`OpenAI-Beta`',
    on: { chat: BETAS, messages: 'of another provider', responses: BETAS },
  },
  {
    name: '`OpenAI-Organization`, `OpenAI-Project`',
    on: { chat: ACCOUNTS, messages: 'of another provider', responses: ACCOUNTS },
  },
]

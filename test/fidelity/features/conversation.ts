/** Who says what, in which order. */
import {
  chat,
  dropped,
  elsewhere,
  likeChat,
  messages,
  native,
  type RequestRow,
  refused,
  responses,
  unsaid,
  yes,
} from '../feature'

const said = (role: string, content: unknown) => ({ role, content })
const text = (words: string) => ({ type: 'text', text: words })
const turn = (role: string, ...words: readonly string[]) => ({ role, content: words.map(text) })
const parts = (role: string, ...words: readonly string[]) => ({ role, parts: words.map(word => ({ text: word })) })
const instruction = (...words: readonly string[]) => ({ systemInstruction: { parts: words.map(word => ({ text: word })) } })

const FRONT = 'Moved to the front, where these providers want all instructions.'

const THOUGHT = { type: 'reasoning', id: 'rs_1', summary: [{ type: 'summary_text', text: 'Hm.' }] }

/** What only somebody who keeps things could honour. */
const kept = (name: string, body: Readonly<Record<string, unknown>>, field: string): RequestRow => {
  const cell = refused(field, 'This router keeps nothing between requests, and the next may be another provider’s.')
  const on = { chat: 'there is none', messages: 'there is none' }
  return { name, on: { ...on, responses: responses(body, { openai: cell, ...elsewhere(cell) }) } }
}

export const CONVERSATION: readonly RequestRow[] = [
  {
    name: 'system and developer messages at the start',
    on: {
      chat: chat(
        { messages: [said('system', 'A'), said('developer', 'B'), said('user', 'C')] },
        {
          'openai-compatible': yes(
            { messages: [said('system', 'A'), said('system', 'B'), said('user', 'C')] },
            { note: '`developer` becomes `system`, which every server knows.' },
          ),
          anthropic: yes({ system: [text('A'), text('B')], messages: [turn('user', 'C')] }),
          google: yes({ ...instruction('A', 'B'), contents: [parts('user', 'C')] }),
        },
      ),
      messages: messages(
        { system: [text('A'), text('B')], messages: [said('user', 'C')] },
        {
          openai: yes({ messages: [said('system', 'A\n\nB'), said('user', 'C')] }),
          google: yes({ ...instruction('A\n\nB'), contents: [parts('user', 'C')] }),
        },
      ),
      responses: likeChat(
        { instructions: 'A', input: [said('developer', 'B'), said('user', 'C')] },
        { called: '`instructions`, system and developer messages at the start' },
      ),
    },
  },
  {
    name: 'system messages in the middle',
    models: { anthropic: 'claude-sonnet-5' },
    on: {
      chat: chat(
        { messages: [said('user', 'A'), said('assistant', 'B'), said('system', 'C'), said('user', 'D')] },
        {
          anthropic: yes(
            { system: [text('C')], messages: [turn('user', 'A'), turn('assistant', 'B'), turn('user', 'D')] },
            { note: FRONT },
          ),
          google: yes(
            { ...instruction('C'), contents: [parts('user', 'A'), parts('model', 'B'), parts('user', 'D')] },
            { note: FRONT },
          ),
        },
      ),
      messages: messages(
        { messages: [said('user', 'A'), said('system', 'B')] },
        {
          openai: yes({ messages: [said('user', 'A'), said('system', 'B')] }),
          google: yes({ ...instruction('B'), contents: [parts('user', 'A')] }, { note: FRONT }),
        },
      ),
      responses: likeChat({ input: [said('user', 'A'), said('assistant', 'B'), said('system', 'C'), said('user', 'D')] }),
    },
  },
  {
    name: "system messages at the end, behind the assistant's",
    on: {
      chat: chat(
        { messages: [said('user', 'A'), said('assistant', 'B'), said('system', 'C')] },
        {
          anthropic: yes(
            { messages: [turn('user', 'A'), turn('assistant', 'B'), turn('user', 'C')] },
            {
              lacks: ['system'],
              note: "Said as the user's: in front, they would leave the assistant's words to be gone on with.",
            },
          ),
          google: yes(
            { contents: [parts('user', 'A'), parts('model', 'B'), parts('user', 'C')] },
            { lacks: ['systemInstruction'] },
          ),
        },
      ),
      messages: 'Anthropic takes none there',
      responses: likeChat({ input: [said('user', 'A'), said('assistant', 'B'), said('system', 'C')] }),
    },
  },
  {
    name: 'several messages of one speaker in a row',
    on: {
      chat: chat(
        { messages: [said('user', 'A'), said('user', 'B')] },
        {
          anthropic: yes({ messages: [turn('user', 'A', 'B')] }),
          google: yes({ contents: [parts('user', 'A', 'B')] }),
        },
      ),
      messages: messages(
        { messages: [said('user', 'A'), said('user', 'B')] },
        {
          openai: yes({ messages: [said('user', 'A'), said('user', 'B')] }),
          google: yes({ contents: [parts('user', 'A', 'B')] }),
        },
      ),
      responses: likeChat({ input: [said('user', 'A'), said('user', 'B')] }),
    },
  },
  {
    name: 'a message without content among others',
    on: {
      chat: chat(
        { messages: [said('user', 'A'), said('assistant', ''), said('user', 'B')] },
        {
          anthropic: yes({ messages: [turn('user', 'A', 'B')] }, { note: 'Left out: these providers refuse empty text.' }),
          google: yes({ contents: [parts('user', 'A', 'B')] }, { note: 'Left out: these providers refuse empty text.' }),
        },
      ),
      messages: 'Anthropic takes none',
      responses: likeChat({ input: [said('user', 'A'), said('assistant', ''), said('user', 'B')] }),
    },
  },
  {
    name: 'nothing said at all',
    on: {
      chat: chat({ messages: [said('user', '')] }, { anthropic: refused('messages'), google: refused('messages') }),
      messages: 'Anthropic takes none',
      responses: likeChat({ input: [said('user', '')] }, { anthropic: refused('input'), google: refused('input') }),
    },
  },
  {
    name: "the assistant's words to go on with (prefill)",
    on: {
      chat: chat(
        { messages: [said('user', 'A'), said('assistant', 'B ')] },
        {
          openai: native({ note: 'OpenAI does not go on with them, but answers anew.' }),
          anthropic: yes({ messages: [turn('user', 'A'), turn('assistant', 'B')] }),
          google: yes({ contents: [parts('user', 'A'), parts('model', 'B ')] }),
        },
      ),
      messages: messages(
        { messages: [said('user', 'A'), said('assistant', 'B')] },
        {
          openai: yes({ messages: [said('user', 'A'), said('assistant', 'B')] }),
          google: yes({ contents: [parts('user', 'A'), parts('model', 'B')] }),
        },
      ),
      responses: likeChat(
        { input: [said('user', 'A'), said('assistant', 'B ')] },
        { openai: native({ note: 'OpenAI does not go on with them, but answers anew.' }) },
      ),
    },
  },
  {
    name: 'the same, at models that take no prefill',
    models: { anthropic: 'claude-sonnet-5', google: 'gemini-3.6-flash' },
    unchecked: 'the simulator takes a prefill from every model',
    on: {
      chat: chat(
        { messages: [said('user', 'A'), said('assistant', 'B')] },
        { anthropic: refused('messages[1]'), google: refused('messages[1]') },
      ),
      messages: messages(
        { messages: [said('user', 'A'), said('assistant', 'B')] },
        { openai: yes({ messages: [said('user', 'A'), said('assistant', 'B')] }), google: refused('messages[1]') },
      ),
      responses: likeChat(
        { input: [said('user', 'A'), said('assistant', 'B')] },
        { anthropic: refused('input'), google: refused('input') },
      ),
    },
  },
  {
    name: "participants' names",
    on: {
      chat: chat(
        { messages: [{ ...said('user', 'A'), name: 'ann' }] },
        {
          anthropic: dropped('messages[].name', { sends: { messages: [turn('user', 'A')] } }),
          google: dropped('messages[].name', { sends: { contents: [parts('user', 'A')] } }),
        },
      ),
      messages: 'there are none',
      responses: 'there are none',
    },
  },
  {
    name: 'thoughts of earlier answers (`reasoning_content`, `thinking` blocks)',
    on: {
      chat: chat(
        { messages: [said('user', 'A'), { ...said('assistant', 'B'), reasoning_content: 'Hm.' }, said('user', 'C')] },
        {
          openai: unsaid(
            { messages: [said('user', 'A'), said('assistant', 'B'), said('user', 'C')] },
            { lacks: ['messages[1].reasoning_content'], note: 'Left out: only the provider they are from could read them.' },
          ),
          anthropic: unsaid(
            { messages: [turn('user', 'A'), turn('assistant', 'B'), turn('user', 'C')] },
            { note: 'Left out: only the provider they are from could read them.' },
          ),
          google: unsaid(
            { contents: [parts('user', 'A'), parts('model', 'B'), parts('user', 'C')] },
            { note: 'Left out: only the provider they are from could read them.' },
          ),
        },
      ),
      messages: messages(
        {
          messages: [
            said('user', 'A'),
            said('assistant', [{ type: 'thinking', thinking: 'Hm.', signature: 'sealed' }, text('B')]),
            said('user', 'C'),
          ],
        },
        {
          openai: unsaid(
            { messages: [said('user', 'A'), said('assistant', 'B'), said('user', 'C')] },
            { note: 'Left out: only the provider they are from could read them.' },
          ),
          google: unsaid(
            { contents: [parts('user', 'A'), parts('model', 'B'), parts('user', 'C')] },
            { note: 'Left out: only the provider they are from could read them.' },
          ),
        },
      ),
      responses: likeChat(
        { input: [said('user', 'A'), { ...THOUGHT, encrypted_content: 'sealed' }, said('assistant', 'B'), said('user', 'C')] },
        {
          called: 'encrypted thoughts of earlier answers (`reasoning` items)',
          'openai-compatible': unsaid(
            { messages: [said('user', 'A'), said('assistant', 'B'), said('user', 'C')] },
            { note: 'Left out: only the provider they are from could read them.' },
          ),
        },
      ),
    },
  },
  {
    name: 'unsigned `thinking` blocks, as other providers’ answers hold them',
    on: {
      chat: 'there are none',
      messages: messages(
        {
          messages: [
            said('user', 'A'),
            said('assistant', [{ type: 'thinking', thinking: 'Hm.', signature: '' }, text('B')]),
            said('user', 'C'),
          ],
        },
        {
          openai: unsaid(
            { messages: [said('user', 'A'), said('assistant', 'B'), said('user', 'C')] },
            { note: 'Left out: only the provider they are from could read them.' },
          ),
          anthropic: unsaid(
            { messages: [said('user', 'A'), turn('assistant', 'B'), said('user', 'C')] },
            { note: 'Left out: Anthropic refuses thinking that it has not signed.' },
          ),
          google: unsaid(
            { contents: [parts('user', 'A'), parts('model', 'B'), parts('user', 'C')] },
            { note: 'Left out: only the provider they are from could read them.' },
          ),
        },
      ),
      responses: {
        ...responses(
          { input: [said('user', 'A'), THOUGHT, said('assistant', 'B'), said('user', 'C')] },
          {
            openai: unsaid(
              { input: [said('user', 'A'), said('assistant', 'B'), said('user', 'C')] },
              { note: 'Left out: unencrypted, such an item is no more than an id of something stored, and nothing is.' },
            ),
            'openai-compatible': unsaid(
              { messages: [said('user', 'A'), said('assistant', 'B'), said('user', 'C')] },
              { note: 'Left out: only the provider they are from could read them.' },
            ),
            anthropic: unsaid(
              { messages: [turn('user', 'A'), turn('assistant', 'B'), turn('user', 'C')] },
              { note: 'Left out: only the provider they are from could read them.' },
            ),
            google: unsaid(
              { contents: [parts('user', 'A'), parts('model', 'B'), parts('user', 'C')] },
              { note: 'Left out: only the provider they are from could read them.' },
            ),
          },
        ),
        called: 'unencrypted `reasoning` items, as other providers’ answers hold them',
      },
    },
  },
  {
    name: "Gemini's thought signatures (`extra_content.google.thought_signature`)",
    on: {
      chat: chat(
        {
          messages: [
            said('user', 'A'),
            { ...said('assistant', 'B'), extra_content: { google: { thought_signature: 'sealed' } } },
            said('user', 'C'),
          ],
        },
        {
          openai: unsaid(
            { messages: [said('user', 'A'), said('assistant', 'B'), said('user', 'C')] },
            { lacks: ['messages[1].extra_content'], note: 'Left out: only the provider they are from could read them.' },
          ),
          anthropic: unsaid(
            { messages: [turn('user', 'A'), turn('assistant', 'B'), turn('user', 'C')] },
            { note: 'Left out: only the provider they are from could read them.' },
          ),
          google: yes({
            contents: [
              parts('user', 'A'),
              { role: 'model', parts: [{ text: 'B', thoughtSignature: 'sealed' }] },
              parts('user', 'C'),
            ],
          }),
        },
      ),
      messages: 'there is no field for them',
      responses: 'there is no field for them',
    },
  },
  kept('`previous_response_id`', { previous_response_id: 'resp_1' }, 'previous_response_id'),
  kept('`conversation`', { conversation: 'conv_1' }, 'conversation'),
  kept('references to items (`item_reference`)', { input: [{ type: 'item_reference', id: 'msg_1' }] }, 'input[0]'),
  kept('templates (`prompt`)', { prompt: { id: 'pmpt_1' } }, 'prompt'),
  kept('`background`', { background: true }, 'background'),
]

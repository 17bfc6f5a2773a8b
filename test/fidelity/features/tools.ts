/** Tools, the choice among them, calls and their results. */
import { chat, dropped, elsewhere, likeChat, messages, type RequestRow, refused, responses, yes } from '../feature'

const schema = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'], additionalProperties: false }
const loose = { type: 'object', properties: { city: { type: 'string' } } }
const fn = (name: string, rest: Readonly<Record<string, unknown>> = { parameters: schema }) => ({
  type: 'function',
  function: { name, ...rest },
})
/** As Responses have it. */
const flat = (name: string, strict = false) => ({ type: 'function', name, parameters: schema, strict })
const claudes = (name: string, input_schema: object = schema) => ({ name, input_schema })
const geminis = (...names: readonly string[]) => ({
  tools: [{ functionDeclarations: names.map(name => ({ name, parametersJsonSchema: schema })) }],
})
const gemini = (functionCallingConfig: object) => ({ toolConfig: { functionCallingConfig } })
const user = (content: unknown) => ({ role: 'user', content })
const text = (words: string) => ({ type: 'text', text: words })

/** A choice among two tools, on every surface. */
function choice(
  name: string,
  asked: { readonly chat: unknown; readonly messages: object; readonly responses: unknown },
  sent: { readonly openai: unknown; readonly google: object },
): RequestRow {
  const two = [fn('weather'), fn('time')]
  return {
    name,
    on: {
      chat: chat(
        { tools: two, tool_choice: asked.chat },
        {
          anthropic: yes({ tools: [claudes('weather'), claudes('time')], tool_choice: asked.messages }),
          google: yes({ ...geminis('weather', 'time'), ...gemini(sent.google) }),
        },
      ),
      messages: messages(
        { tools: [claudes('weather'), claudes('time')], tool_choice: asked.messages },
        {
          openai: yes({ tools: two, tool_choice: sent.openai }),
          google: yes({ ...geminis('weather', 'time'), ...gemini(sent.google) }),
        },
      ),
      responses: likeChat({ tools: [flat('weather'), flat('time')], tool_choice: asked.responses }),
    },
  }
}

const call = (id: string, name: string, args: string) => ({ id, type: 'function', function: { name, arguments: args } })
const calls = (...list: readonly ReturnType<typeof call>[]) => ({ role: 'assistant', content: null, tool_calls: list })
const result = (id: string, content: unknown) => ({ role: 'tool', tool_call_id: id, content })
const use = (id: string, name: string, input: object) => ({ type: 'tool_use', id, name, input })
const toolResult = (id: string, content: unknown, rest: object = {}) => ({
  type: 'tool_result',
  tool_use_id: id,
  content,
  ...rest,
})
const functionCall = (id: string, name: string, args: object) => ({ functionCall: { id, name, args } })
const response = (id: string, name: string, answer: object) => ({ functionResponse: { id, name, response: answer } })

const item = (call_id: string, name: string, args: string) => ({ type: 'function_call', call_id, name, arguments: args })
const output = (call_id: string, what: unknown) => ({ type: 'function_call_output', call_id, output: what })

const LONG = 'call_that_another_provider_gave_an_id_of_more_than_forty_characters'
const PNG = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } }

const HOSTED = refused('tools[0].type', 'They act on the operator’s account, to which a client’s key gives no right.')

export const TOOLS: readonly RequestRow[] = [
  choice(
    '`tool_choice` auto',
    { chat: 'auto', messages: { type: 'auto' }, responses: 'auto' },
    { openai: 'auto', google: { mode: 'AUTO' } },
  ),
  choice(
    '`tool_choice` none',
    { chat: 'none', messages: { type: 'none' }, responses: 'none' },
    { openai: 'none', google: { mode: 'NONE' } },
  ),
  choice(
    '`tool_choice` required (`any`)',
    { chat: 'required', messages: { type: 'any' }, responses: 'required' },
    { openai: 'required', google: { mode: 'ANY' } },
  ),
  choice(
    '`tool_choice` that names a tool',
    {
      chat: { type: 'function', function: { name: 'time' } },
      messages: { type: 'tool', name: 'time' },
      responses: { type: 'function', name: 'time' },
    },
    { openai: { type: 'function', function: { name: 'time' } }, google: { mode: 'ANY', allowedFunctionNames: ['time'] } },
  ),
  {
    name: '`tool_choice` that allows some tools (`allowed_tools`)',
    on: {
      chat: chat(
        {
          tools: [fn('weather'), fn('time')],
          tool_choice: {
            type: 'allowed_tools',
            allowed_tools: { mode: 'required', tools: [{ type: 'function', function: { name: 'time' } }] },
          },
        },
        {
          anthropic: yes({ tools: [claudes('time')], tool_choice: { type: 'any' } }, { note: 'Only those are offered.' }),
          google: yes({ ...geminis('time'), ...gemini({ mode: 'ANY' }) }, { note: 'Only those are offered.' }),
        },
      ),
      messages: 'there is none',
      responses: likeChat({
        tools: [flat('weather'), flat('time')],
        tool_choice: { type: 'allowed_tools', mode: 'required', tools: [{ type: 'function', name: 'time' }] },
      }),
    },
  },
  {
    name: 'a forced tool at models that decide themselves',
    models: { anthropic: 'claude-opus-5-5' },
    on: {
      chat: chat(
        { tools: [fn('weather')], tool_choice: 'required' },
        { anthropic: refused('tool_choice'), google: yes({ ...geminis('weather'), ...gemini({ mode: 'ANY' }) }) },
      ),
      messages: 'as above',
      responses: likeChat({ tools: [flat('weather')], tool_choice: 'required' }),
    },
  },
  {
    name: 'a tool without parameters',
    on: {
      chat: chat(
        { tools: [fn('now', {})] },
        {
          anthropic: yes({ tools: [claudes('now', { type: 'object' })] }),
          google: yes(
            { tools: [{ functionDeclarations: [{ name: 'now' }] }] },
            { lacks: ['tools[0].functionDeclarations[0].parametersJsonSchema'] },
          ),
        },
      ),
      messages: messages(
        { tools: [claudes('now', { type: 'object' })] },
        {
          openai: yes(
            { tools: [fn('now', { parameters: { type: 'object', properties: {} } })] },
            { note: 'OpenAI refuses an object schema without `properties`: an empty list is added.' },
          ),
          google: yes({
            tools: [{ functionDeclarations: [{ name: 'now', parametersJsonSchema: { type: 'object', properties: {} } }] }],
          }),
        },
      ),
      responses: likeChat({ tools: [{ type: 'function', name: 'now', parameters: null, strict: false }] }),
    },
  },
  {
    name: '`strict` tools',
    on: {
      chat: chat(
        { tools: [fn('weather', { strict: true, parameters: schema })] },
        {
          anthropic: dropped('tools[].function.strict', { sends: { tools: [claudes('weather')] }, lacks: ['tools[0].strict'] }),
          google: dropped('tools[].function.strict', { sends: geminis('weather') }),
        },
      ),
      messages: messages(
        { tools: [{ ...claudes('weather'), strict: true }] },
        {
          openai: yes({ tools: [fn('weather', { parameters: schema, strict: true })] }),
          google: dropped('tools[].strict', { sends: geminis('weather') }),
        },
      ),
      responses: likeChat(
        { tools: [flat('weather', true)] },
        {
          anthropic: dropped('tools[].strict', { sends: { tools: [claudes('weather')] }, lacks: ['tools[0].strict'] }),
          google: dropped('tools[].strict', { sends: geminis('weather') }),
        },
      ),
    },
  },
  {
    name: '`strict` tools with optional properties',
    on: {
      chat: 'OpenAI refuses them',
      messages: messages(
        { tools: [{ ...claudes('weather', { ...loose, additionalProperties: false }), strict: true }] },
        {
          openai: dropped('tools[].strict', {
            sends: { tools: [fn('weather', { parameters: { ...loose, additionalProperties: false } })] },
            lacks: ['tools[0].function.strict'],
            note: 'OpenAI’s strict schemas have no optional properties.',
          }),
          google: dropped('tools[].strict'),
        },
      ),
      responses: 'OpenAI refuses them',
    },
  },
  {
    name: 'one call at a time (`parallel_tool_calls: false`, `disable_parallel_tool_use`)',
    on: {
      chat: chat(
        { tools: [fn('weather')], parallel_tool_calls: false },
        {
          anthropic: yes({ tool_choice: { type: 'auto', disable_parallel_tool_use: true } }),
          google: dropped('parallel_tool_calls', { sends: geminis('weather') }),
        },
      ),
      messages: messages(
        { tools: [claudes('weather')], tool_choice: { type: 'auto', disable_parallel_tool_use: true } },
        {
          openai: yes({ parallel_tool_calls: false, tool_choice: 'auto' }),
          google: dropped('tool_choice.disable_parallel_tool_use', { sends: gemini({ mode: 'AUTO' }) }),
        },
      ),
      responses: likeChat(
        { tools: [flat('weather')], parallel_tool_calls: false },
        { called: 'one call at a time (`parallel_tool_calls: false`)' },
      ),
    },
  },
  {
    name: 'tools of free text (`custom`), and those that a provider runs itself',
    unchecked: 'the simulators know functions alone',
    on: {
      chat: chat(
        { tools: [{ type: 'custom', custom: { name: 'sql' } }] },
        { anthropic: refused('tools[0]'), google: refused('tools[0]') },
      ),
      messages: messages(
        { tools: [{ type: 'web_search_20250305', name: 'web_search' }] },
        { openai: refused('tools[0] (web_search_20250305)'), google: refused('tools[0] (web_search_20250305)') },
      ),
      responses: likeChat({ tools: [{ type: 'custom', name: 'sql' }] }, { called: 'tools of free text (`custom`)' }),
    },
  },
  {
    name: 'tools that do not say whether they are `strict`',
    on: {
      chat: 'they are not',
      messages: 'they are not',
      responses: responses(
        { tools: [{ type: 'function', name: 'weather', parameters: loose }] },
        {
          'openai-compatible': yes(
            { tools: [fn('weather', { parameters: loose })] },
            {
              lacks: ['tools[0].function.strict'],
              note: 'OpenAI makes them strict where it can. Others are told so only where the caller says it.',
            },
          ),
          anthropic: yes({ tools: [claudes('weather', loose)] }, { lacks: ['tools[0].strict'] }),
          google: yes({ tools: [{ functionDeclarations: [{ name: 'weather', parametersJsonSchema: loose }] }] }),
        },
      ),
    },
  },
  {
    name: 'tools that OpenAI runs itself (`web_search`, `file_search`, `code_interpreter`, `mcp`, …)',
    on: {
      chat: 'there are none',
      messages: 'there are none',
      responses: responses({ tools: [{ type: 'web_search' }] }, { openai: HOSTED, ...elsewhere(HOSTED) }),
    },
  },
  {
    name: 'tools of OpenAI’s that the caller runs (`apply_patch`, `local_shell`, …)',
    on: {
      chat: 'there are none',
      messages: 'there are none',
      responses: responses({ tools: [{ type: 'apply_patch' }] }, elsewhere(refused('tools[0] (apply_patch)'))),
    },
  },
  {
    name: 'calls and their results, in any order',
    on: {
      chat: chat(
        {
          messages: [
            user('A'),
            calls(call('c1', 'weather', '{"city":"Bern"}'), call('c2', 'time', '{}')),
            result('c2', 'noon'),
            result('c1', '{"sky":"blue"}'),
          ],
          tools: [fn('weather'), fn('time')],
        },
        {
          anthropic: yes({
            messages: [
              user([text('A')]),
              { role: 'assistant', content: [use('c1', 'weather', { city: 'Bern' }), use('c2', 'time', {})] },
              user([toolResult('c2', 'noon'), toolResult('c1', '{"sky":"blue"}')]),
            ],
          }),
          google: yes({
            contents: [
              { role: 'user', parts: [{ text: 'A' }] },
              { role: 'model', parts: [functionCall('c1', 'weather', { city: 'Bern' }), functionCall('c2', 'time', {})] },
              { role: 'user', parts: [response('c1', 'weather', { sky: 'blue' }), response('c2', 'time', { output: 'noon' })] },
            ],
          }),
        },
      ),
      messages: messages(
        {
          messages: [
            user('A'),
            { role: 'assistant', content: [text('Let me see.'), use('c1', 'weather', { city: 'Bern' }), use('c2', 'time', {})] },
            user([toolResult('c2', 'noon'), toolResult('c1', [text('blue')]), text('And?')]),
          ],
          tools: [claudes('weather'), claudes('time')],
        },
        {
          openai: yes({
            messages: [
              user('A'),
              { ...calls(call('c1', 'weather', '{"city":"Bern"}'), call('c2', 'time', '{}')), content: 'Let me see.' },
              result('c2', 'noon'),
              result('c1', 'blue'),
              user('And?'),
            ],
          }),
          google: yes({
            contents: [
              { role: 'user', parts: [{ text: 'A' }] },
              {
                role: 'model',
                parts: [{ text: 'Let me see.' }, functionCall('c1', 'weather', { city: 'Bern' }), functionCall('c2', 'time', {})],
              },
              {
                role: 'user',
                parts: [response('c1', 'weather', { output: 'blue' }), response('c2', 'time', { output: 'noon' })],
              },
              { role: 'user', parts: [{ text: 'And?' }] },
            ],
          }),
        },
      ),
      responses: likeChat({
        input: [
          user('A'),
          item('c1', 'weather', '{"city":"Bern"}'),
          item('c2', 'time', '{}'),
          output('c2', 'noon'),
          output('c1', '{"sky":"blue"}'),
        ],
        tools: [flat('weather'), flat('time')],
      }),
    },
  },
  {
    name: 'a result that is an error (`is_error`)',
    on: {
      chat: 'there is no flag for it',
      messages: messages(
        {
          messages: [
            user('A'),
            { role: 'assistant', content: [use('c1', 'time', {})] },
            user([toolResult('c1', 'broken', { is_error: true })]),
          ],
          tools: [claudes('time')],
        },
        {
          openai: yes(
            { messages: [user('A'), calls(call('c1', 'time', '{}')), result('c1', 'Error: broken')] },
            { note: 'There is no flag for it: the text begins with `Error: `.' },
          ),
          google: yes(
            {
              contents: [
                { role: 'user', parts: [{ text: 'A' }] },
                { role: 'model', parts: [functionCall('c1', 'time', {})] },
                { role: 'user', parts: [response('c1', 'time', { output: 'Error: broken' })] },
              ],
            },
            { note: 'There is no flag for it: the text begins with `Error: `.' },
          ),
        },
      ),
      responses: 'there is no flag for it',
    },
  },
  {
    name: 'a result with an image',
    on: {
      chat: 'results are text alone',
      messages: messages(
        {
          messages: [
            user('A'),
            { role: 'assistant', content: [use('c1', 'shoot', {})] },
            user([toolResult('c1', [text('done'), PNG])]),
          ],
          tools: [claudes('shoot')],
        },
        {
          openai: yes(
            {
              messages: [
                user('A'),
                calls(call('c1', 'shoot', '{}')),
                result('c1', 'done'),
                user([
                  text('Attached to the result of c1:'),
                  { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
                ]),
              ],
            },
            { note: "The image follows in a message of the user's." },
          ),
          google: yes(
            {
              contents: [
                { role: 'user', parts: [{ text: 'A' }] },
                { role: 'model', parts: [functionCall('c1', 'shoot', {})] },
                { role: 'user', parts: [response('c1', 'shoot', { output: 'done' })] },
                {
                  role: 'user',
                  parts: [{ text: 'Attached to the result of c1:' }, { inlineData: { mimeType: 'image/png', data: 'AAAA' } }],
                },
              ],
            },
            { note: "The image follows in a message of the user's." },
          ),
        },
      ),
      responses: responses(
        {
          input: [
            user('A'),
            item('c1', 'shoot', '{}'),
            output('c1', [
              { type: 'input_text', text: 'done' },
              { type: 'input_image', image_url: 'data:image/png;base64,AAAA' },
            ]),
          ],
          tools: [flat('shoot')],
        },
        {
          'openai-compatible': yes(
            {
              messages: [
                user('A'),
                calls(call('c1', 'shoot', '{}')),
                result('c1', 'done'),
                user([
                  text('Attached to the result of c1:'),
                  { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
                ]),
              ],
            },
            { note: "The image follows in a message of the user's." },
          ),
          anthropic: yes(
            {
              messages: [
                user([text('A')]),
                { role: 'assistant', content: [use('c1', 'shoot', {})] },
                user([toolResult('c1', 'done'), text('Attached to the result of c1:'), PNG]),
              ],
            },
            { note: "The image follows in a message of the user's." },
          ),
          google: yes(
            {
              contents: [
                { role: 'user', parts: [{ text: 'A' }] },
                { role: 'model', parts: [functionCall('c1', 'shoot', {})] },
                { role: 'user', parts: [response('c1', 'shoot', { output: 'done' })] },
                {
                  role: 'user',
                  parts: [{ text: 'Attached to the result of c1:' }, { inlineData: { mimeType: 'image/png', data: 'AAAA' } }],
                },
              ],
            },
            { note: "The image follows in a message of the user's." },
          ),
        },
      ),
    },
  },
  {
    name: 'calls in a conversation that offers no tools any more',
    on: {
      chat: chat(
        { messages: [user('A'), calls(call('c1', 'time', '{}')), result('c1', 'noon')] },
        {
          anthropic: yes(
            { tools: [claudes('time', { type: 'object' })], tool_choice: { type: 'none' } },
            { note: 'Claude wants them declared: they are, by name, and none may be called.' },
          ),
          google: yes({ contents: [{ role: 'user' }, { role: 'model' }, { role: 'user' }] }, { lacks: ['tools'] }),
        },
      ),
      messages: messages(
        { messages: [user('A'), { role: 'assistant', content: [use('c1', 'time', {})] }, user([toolResult('c1', 'noon')])] },
        {
          openai: yes({ messages: [user('A'), calls(call('c1', 'time', '{}')), result('c1', 'noon')] }, { lacks: ['tools'] }),
          google: yes({ contents: [{ role: 'user' }, { role: 'model' }, { role: 'user' }] }, { lacks: ['tools'] }),
        },
      ),
      responses: likeChat({ input: [user('A'), item('c1', 'time', '{}'), output('c1', 'noon')] }),
    },
  },
  {
    name: 'long ids of calls that another provider made',
    on: {
      chat: chat(
        { messages: [user('A'), calls(call(LONG, 'time', '{}')), result(LONG, 'noon')], tools: [fn('time')] },
        {
          openai: yes(
            { messages: [user('A'), calls(call('call_renamed_0', 'time', '{}')), result('call_renamed_0', 'noon')] },
            { note: 'OpenAI takes 64 characters in Responses, 40 in a chat: longer ones are renamed on both sides.' },
          ),
          anthropic: yes({
            messages: [
              user([text('A')]),
              { role: 'assistant', content: [use(LONG, 'time', {})] },
              user([toolResult(LONG, 'noon')]),
            ],
          }),
          google: yes({
            contents: [{ role: 'user' }, { role: 'model', parts: [functionCall(LONG, 'time', {})] }, { role: 'user' }],
          }),
        },
      ),
      messages: messages(
        {
          messages: [user('A'), { role: 'assistant', content: [use(LONG, 'time', {})] }, user([toolResult(LONG, 'noon')])],
          tools: [claudes('time')],
        },
        {
          openai: yes(
            { messages: [user('A'), calls(call('call_renamed_0', 'time', '{}')), result('call_renamed_0', 'noon')] },
            { note: 'OpenAI takes 64 characters in Responses, 40 in a chat: longer ones are renamed on both sides.' },
          ),
          'openai-compatible': yes({ messages: [user('A'), calls(call(LONG, 'time', '{}')), result(LONG, 'noon')] }),
          google: yes({
            contents: [{ role: 'user' }, { role: 'model', parts: [functionCall(LONG, 'time', {})] }, { role: 'user' }],
          }),
        },
      ),
      responses: likeChat(
        { input: [user('A'), item(LONG, 'time', '{}'), output(LONG, 'noon')], tools: [flat('time')] },
        {
          openai: yes(
            { input: [user('A'), item('call_renamed_0', 'time', '{}'), output('call_renamed_0', 'noon')] },
            { note: 'OpenAI takes 64 characters in Responses, 40 in a chat: longer ones are renamed on both sides.' },
          ),
        },
      ),
    },
  },
  {
    name: 'arguments that are no JSON object',
    on: {
      chat: chat(
        { messages: [user('A'), calls(call('c1', 'time', 'noon')), result('c1', 'x')], tools: [fn('time')] },
        {
          anthropic: refused('messages[1].tool_calls[0].function.arguments'),
          google: refused('messages[1].tool_calls[0].function.arguments'),
        },
      ),
      messages: 'there are none',
      responses: likeChat(
        { input: [user('A'), item('c1', 'time', 'noon'), output('c1', 'x')], tools: [flat('time')] },
        { anthropic: refused('input'), google: refused('input') },
      ),
    },
  },
  {
    name: "another provider's call at Gemini 3, which wants its calls signed",
    models: { google: 'gemini-3-flash' },
    on: {
      chat: chat(
        { messages: [user('A'), calls(call('c1', 'time', '{}')), result('c1', 'noon')], tools: [fn('time')] },
        {
          anthropic: yes({ messages: [user([text('A')]), { role: 'assistant' }, user([toolResult('c1', 'noon')])] }),
          google: yes({
            contents: [
              { role: 'user' },
              {
                role: 'model',
                parts: [{ ...functionCall('c1', 'time', {}), thoughtSignature: 'skip_thought_signature_validator' }],
              },
              { role: 'user' },
            ],
          }),
        },
      ),
      messages: messages(
        {
          messages: [user('A'), { role: 'assistant', content: [use('c1', 'time', {})] }, user([toolResult('c1', 'noon')])],
          tools: [claudes('time')],
        },
        {
          openai: yes({ messages: [user('A'), calls(call('c1', 'time', '{}')), result('c1', 'noon')] }),
          google: yes({
            contents: [
              { role: 'user' },
              {
                role: 'model',
                parts: [{ ...functionCall('c1', 'time', {}), thoughtSignature: 'skip_thought_signature_validator' }],
              },
              { role: 'user' },
            ],
          }),
        },
      ),
      responses: likeChat({
        input: [user('A'), item('c1', 'time', '{}'), output('c1', 'noon')],
        tools: [flat('time')],
      }),
    },
  },
]

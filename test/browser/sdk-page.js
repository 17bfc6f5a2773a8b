/**
 * A web application's page, as small as it gets: the official SDKs in the browser, against a router at another origin. What it shows in the document is what
 * the test reads.
 */
import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'

const settings = new URLSearchParams(location.search)
const router = settings.get('router')
const apiKey = settings.get('key')

const openai = new OpenAI({ baseURL: `${router}/v1`, apiKey, dangerouslyAllowBrowser: true })
const anthropic = new Anthropic({ baseURL: router, apiKey, dangerouslyAllowBrowser: true })

const answer = document.querySelector('#answer')
const model = document.querySelector('#model')
const status = document.querySelector('#status')
const FACTS = ['x-router-model', 'x-router-strategy', 'x-router-attempts', 'x-router-request-id', 'server-timing']

let stopping = new AbortController()

const asks = {
  async openai(options) {
    const messages = [{ role: 'user', content: 'Say hello.' }]
    const body = { model: model.value, messages, stream: true, stream_options: { include_usage: true } }
    const { data, response } = await openai.chat.completions.create(body, options).withResponse()
    show(response.headers)
    for await (const { choices, usage } of data) {
      answer.textContent += choices[0]?.delta.content ?? ''
      if (usage) status.dataset.tokens = usage.completion_tokens
    }
  },

  async anthropic(options) {
    const messages = [{ role: 'user', content: 'Say hello.' }]
    const stream = anthropic.messages.stream({ model: model.value, max_tokens: 100, messages }, options)
    stream.on('text', text => {
      answer.textContent += text
    })
    const { response } = await stream.withResponse()
    show(response.headers)
    status.dataset.tokens = (await stream.finalMessage()).usage.output_tokens
  },
}

function show(headers) {
  document.querySelector('#facts').replaceChildren()
  for (const name of FACTS) {
    const [term, value] = [document.createElement('dt'), document.createElement('dd')]
    term.textContent = name
    value.textContent = headers.get(name) ?? 'unreadable'
    document.querySelector('#facts').append(term, value)
  }
}

async function ask(sdk) {
  stopping = new AbortController()
  answer.textContent = ''
  status.textContent = 'Asking'
  try {
    await asks[sdk]({ signal: stopping.signal })
    // The SDKs end an aborted iteration without a word
    status.textContent = `${model.value} has ${stopping.signal.aborted ? 'stopped' : 'finished'}`
  } catch (error) {
    status.textContent = `${error.constructor.name}: ${error.message}`
    status.dataset.retryAfter = error.headers?.get('retry-after') ?? ''
  }
}

for (const button of document.querySelectorAll('button[data-sdk]')) {
  button.addEventListener('click', () => ask(button.dataset.sdk))
}
document.querySelector('#stop').addEventListener('click', () => stopping.abort())

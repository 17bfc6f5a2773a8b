/**
 * The console: what the router's load tracker knows, once a second while somebody looks, and a form to try the router with. Read from the top:
 * `poll` asks and draws, `send` streams a test request. Whatever comes from outside reaches the page as text, never as markup.
 */

const POLL_MS = 1_000
/** A router in trouble is asked less and less often. */
const MAX_POLL_MS = 30_000
const STATE_TIMEOUT_MS = 10_000

const at = id => document.getElementById(id)

/** The browser may forbid storage; a key then lasts as long as the page. */
const storage = (() => {
  try {
    return window.sessionStorage
  } catch {
    return undefined
  }
})()
const STORED = { admin: 'ringroad-admin-key', client: 'ringroad-client-key' }
const keys = { admin: storage?.getItem(STORED.admin) ?? '', client: storage?.getItem(STORED.client) ?? '' }

/* Watching */

let timer
let asking
let failuresInRow = 0
let updatedAtMs

const watch = () => {
  clearTimeout(timer)
  asking?.abort()
  if (document.visibilityState === 'visible') poll()
}

async function poll() {
  const own = new AbortController()
  asking = own
  const answer = await askState(own.signal)
  // Called off while it was under way: the page was hidden, or another key given
  if (own.signal.aborted) return
  if (answer.problem !== undefined && needsKey(answer.problem)) return showAccess(answer.problem)
  failuresInRow = answer.problem === undefined ? 0 : failuresInRow + 1
  // Before drawing, so that a state which cannot be drawn does not end the watch
  timer = setTimeout(poll, Math.min(MAX_POLL_MS, POLL_MS * 2 ** failuresInRow))
  if (answer.problem === undefined) showState(answer.state)
  else showTrouble(answer.problem)
}

async function askState(signal) {
  try {
    const response = await fetch('/admin/state', {
      headers: bearer(keys.admin),
      cache: 'no-store',
      signal: AbortSignal.any([signal, AbortSignal.timeout(STATE_TIMEOUT_MS)]),
    })
    return response.ok ? { state: await response.json() } : { problem: await problemOf(response) }
  } catch (error) {
    return { problem: { status: 0, message: `The router's state could not be read: ${error.message}` } }
  }
}

/** Without keys a deployment is closed, and its answer tells the operator what to set. */
const needsKey = ({ status, code }) => status === 401 || (status === 503 && code === 'not_configured')

function showAccess({ status, message }) {
  setText(at('access-message'), status === 401 && keys.admin !== '' ? `This key was not accepted. ${message}` : message)
  if (status === 401) keep('admin', '')
  at('access').hidden = false
  at('trouble').hidden = true
  for (const id of ['models-empty', 'decisions-empty']) setText(at(id), 'Shown once the admin key is given.')
  clearFigures()
  connect('idle', status === 401 ? 'Locked' : 'Closed')
  updatedAtMs = undefined
  setText(at('updated'), '')
  askForClientKey()
}

function showTrouble({ message }) {
  at('access').hidden = true
  setText(at('trouble'), message)
  at('trouble').hidden = false
  connect('bad', 'No news')
  if (updatedAtMs === undefined) {
    for (const id of ['models-empty', 'decisions-empty']) setText(at(id), 'No figures: the router has not told any yet.')
  } else {
    setText(at('updated'), `figures of ${time(updatedAtMs)}`)
    markStale(true)
  }
}

function showState(state) {
  const models = Object.entries(state.models)
  const { isolates, arrivalsPerSecond } = state
  showWarnings(state)
  showModels(models)
  showDecisions(state.decisions)
  offerModels(models)
  if (keys.admin !== '') askForClientKey()
  at('access').hidden = true
  at('trouble').hidden = true
  markStale(false)
  updatedAtMs = Date.now()
  setText(
    at('updated'),
    `${isolates} ${isolates === 1 ? 'isolate' : 'isolates'} · ${number(arrivalsPerSecond)} requests/s · ${time(updatedAtMs)}`,
  )
  connect('good', 'Live')
}

function connect(tone, text) {
  at('connection').dataset.tone = tone
  setText(at('connection'), text)
}

function markStale(isStale) {
  for (const id of ['models-filled', 'decisions-filled']) at(id).classList.toggle('stale', isStale)
}

function clearFigures() {
  for (const [id, empty] of Object.entries({ 'models-filled': 'models-empty', 'decisions-filled': 'decisions-empty' })) {
    at(id).hidden = true
    at(empty).hidden = false
  }
  at('warnings').hidden = true
}

/* Figures */

function showWarnings({ notice, warnings, missingSecrets }) {
  at('notice').hidden = !notice
  setText(at('notice'), notice ?? '')
  const lines = [
    ...warnings,
    ...missingSecrets.map(
      name => `The secret ${name} is not set: its models take no requests. Set it with "npx wrangler secret put ${name}".`,
    ),
  ]
  at('warnings').hidden = lines.length === 0
  const list = at('warnings-list')
  while (list.children.length > lines.length) list.lastElementChild.remove()
  lines.forEach((line, index) => {
    setText(list.children[index] ?? list.appendChild(document.createElement('li')), line)
  })
}

/** The most in flight on one model since the page was opened: the bars' full length. Not below this, or a single request would fill a bar. */
let mostInFlight = 4

function showModels(models) {
  at('models-filled').hidden = models.length === 0
  at('models-empty').hidden = models.length > 0
  setText(at('models-empty'), 'The configuration names no model, or is wrong: the health page tells.')
  mostInFlight = Math.max(mostInFlight, ...models.map(([, { inFlight }]) => inFlight))
  fillRows(
    at('models'),
    models.map(([id, model]) => [
      { text: id, note: `${model.provider} · ${model.model}` },
      stateOf(model),
      { text: String(model.inFlight), share: model.inFlight / mostInFlight },
      { text: ms(model.baseMs), note: slowdown(model.slowdown) },
      { text: ms(model.perTokenMs) },
      { text: percent(model.failureRate), tone: model.failureRate >= 0.2 ? 'bad' : model.failureRate >= 0.05 ? 'warn' : '' },
      { text: number(model.weight) },
    ]),
  )
}

function stateOf({ state, ejectedForMs = 0 }) {
  if (state === 'no-secret') return { text: 'no secret set', tone: 'warn' }
  if (ejectedForMs > 1) return { text: 'ejected', tone: 'bad', note: `for ${number(Math.ceil(ejectedForMs / 1000))} s more` }
  if (ejectedForMs > 0) return { text: 'ejected', tone: 'bad', note: 'the next request tries it' }
  return { text: state, tone: state === 'active' ? 'good' : 'warn' }
}

/** Only what is worth a look. */
const slowdown = factor => (factor !== undefined && (factor >= 1.1 || factor <= 0.9) ? `× ${number(factor)} lately` : '')

function showDecisions(decisions) {
  at('decisions-filled').hidden = decisions.length === 0
  at('decisions-empty').hidden = decisions.length > 0
  setText(at('decisions-empty'), 'None yet: no request has been routed lately. Send one with the form.')
  fillRows(
    at('decisions'),
    decisions.map(({ atMs, route, strategy, model, attempts, status, firstTokenMs }) => [
      { text: time(atMs) },
      { text: route },
      { text: strategy },
      { text: model ?? 'nobody', tone: model === null ? 'bad' : '' },
      { text: String(attempts), tone: attempts > 1 ? 'warn' : '' },
      { text: String(status), tone: status >= 500 ? 'bad' : status >= 400 ? 'warn' : '' },
      { text: ms(firstTokenMs) },
    ]),
  )
  const counts = new Map()
  for (const { model } of decisions) counts.set(model, (counts.get(model) ?? 0) + 1)
  const shares = [...counts].sort(([, a], [, b]) => b - a)
  fillRows(
    at('shares'),
    shares.map(([model, count]) => [
      { text: model ?? 'nobody' },
      { text: `${count} of ${decisions.length}`, share: count / decisions.length },
    ]),
  )
}

/**
 * Makes a table's body hold these rows. What has not changed is not touched, so that a selection or a screen reader's place survives the next
 * second. A cell is { text, note?, tone?, share? }.
 */
function fillRows(table, rows) {
  const [body] = table.tBodies
  const headings = [...table.tHead.rows[0].cells]
  while (body.rows.length > rows.length) body.deleteRow(-1)
  rows.forEach((cells, y) => {
    const row = body.rows[y] ?? newRow(body, headings)
    cells.forEach((cell, x) => {
      fillCell(row.cells[x], cell)
    })
  })
}

function newRow(body, headings) {
  const row = body.insertRow()
  headings.forEach((heading, x) => {
    const cell = row.appendChild(document.createElement(x === 0 ? 'th' : 'td'))
    if (x === 0) cell.scope = 'row'
    cell.className = heading.className
    cell.dataset.label = heading.textContent
    appendSpan(cell, 'value')
  })
  sayRoles(row)
  return row
}

/** Some browsers take a table for none once CSS lays its rows out as cards, as on a phone; a role that is spelled out stays. */
function sayRoles(root) {
  const roles = {
    table: 'table',
    'thead, tbody': 'rowgroup',
    tr: 'row',
    'thead th': 'columnheader',
    'tbody th': 'rowheader',
    td: 'cell',
  }
  for (const [selector, role] of Object.entries(roles)) {
    const found = [...root.querySelectorAll(selector), ...(root.matches(selector) ? [root] : [])]
    for (const element of found) element.setAttribute('role', role)
  }
}

function fillCell(cell, { text, note = '', tone = '', share }) {
  setText(cell.querySelector('.value'), text)
  cell.querySelector('.value').dataset.tone = tone
  const notes = cell.querySelector('.note') ?? (note === '' ? undefined : appendSpan(cell, 'note'))
  if (notes !== undefined) setText(notes, note)
  if (share !== undefined) {
    const bar = cell.querySelector('.bar') ?? appendSpan(cell, 'bar')
    // The figure beside it says the same
    bar.setAttribute('aria-hidden', 'true')
    bar.style.setProperty('--share', String(share))
  }
}

function appendSpan(cell, className) {
  const span = cell.appendChild(document.createElement('span'))
  span.className = className
  return span
}

function offerModels(models) {
  const select = at('model')
  const wanted = [['auto', true], ...models.map(([id, { state }]) => [id, state !== 'no-secret'])]
  const chosen = select.value
  if (wanted.map(String).join('\n') === select.dataset.offered) return
  select.dataset.offered = wanted.map(String).join('\n')
  select.replaceChildren(
    ...wanted.map(([name, isLive]) => {
      const option = document.createElement('option')
      option.textContent = name
      option.disabled = !isLive
      return option
    }),
  )
  if (wanted.some(([name]) => name === chosen)) select.value = chosen
}

/* A test request */

let sending

async function send() {
  const own = new AbortController()
  sending = own
  at('send').disabled = true
  at('stop').disabled = false
  const answer = at('answer')
  answer.hidden = true
  answer.replaceChildren()
  at('facts').replaceChildren()
  tell('Sent. Waiting for the first token.')
  try {
    tell(...(await streamAnswer(own.signal)))
  } catch (error) {
    tell(...(own.signal.aborted ? ['Stopped.'] : [`The answer could not be read: ${error.message}`, 'bad']))
  }
  // Whatever is still coming of an answer that could not be read
  own.abort()
  at('send').disabled = false
  at('stop').disabled = true
}

/** Shows the answer as it arrives, and returns what to say of its end, with a tone. */
async function streamAnswer(signal) {
  const startedMs = performance.now()
  const passed = () => ms(performance.now() - startedMs)
  const response = await fetch('/v1/chat/completions', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...bearer(keys.client) },
    body: JSON.stringify({ model: at('model').value, stream: true, messages: [{ role: 'user', content: at('prompt').value }] }),
    signal,
  })
  showFacts(response.headers)
  if (!response.ok) {
    const { status, message } = await problemOf(response)
    if (status === 401) {
      askForClientKey()
      at('client-key').focus()
    }
    return [`${status}: ${message}`, 'bad']
  }
  const text = at('answer').appendChild(new Text())
  let first = ''
  let finish = 'no reason given'
  let end = ['The stream ended before the answer did.', 'bad']
  // Read to the very end, whatever an event says: who hangs up early counts as a client that left
  for await (const data of eventsOf(response.body)) {
    if (data === '[DONE]') {
      end = [`Finished after ${passed()} (${finish})${first}.`, 'good']
      continue
    }
    const { error, choices: [choice] = [] } = JSON.parse(data)
    if (error) end = [`The answer broke off: ${error.message}`, 'bad']
    const piece = choice?.delta?.content ?? choice?.delta?.refusal ?? ''
    if (piece !== '' && first === '') {
      first = `, first text after ${passed()}`
      at('answer').hidden = false
      tell('The answer is arriving.')
    }
    text.appendData(piece)
    finish = choice?.finish_reason ?? finish
  }
  return end
}

/** The data of each event of a `text/event-stream`, wherever the network cut it. Comments keep the connection alive and are skipped. */
async function* eventsOf(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader()
  let rest = ''
  let data = []
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    const lines = (rest + read.value).split(/\r?\n/)
    rest = lines.pop()
    for (const line of lines) {
      if (line.startsWith('data:')) data.push(line.slice(5).replace(/^ /, ''))
      if (line !== '' || data.length === 0) continue
      yield data.join('\n')
      data = []
    }
  }
}

function showFacts(headers) {
  const facts = [...headers].filter(([name]) => name.startsWith('x-router-') || name === 'server-timing')
  at('facts').replaceChildren(
    ...facts.flatMap(([name, value]) => {
      const term = document.createElement('dt')
      const description = document.createElement('dd')
      term.textContent = name
      description.textContent = value
      return [term, description]
    }),
  )
}

function tell(text, tone = '') {
  at('outcome').dataset.tone = tone
  setText(at('outcome'), text)
}

function askForClientKey() {
  at('client-access').hidden = false
}

/* Small things */

const bearer = key => (key === '' ? {} : { authorization: `Bearer ${key}` })

/** The router's own words where it has any: both of its error shapes hold them in the same place. */
async function problemOf(response) {
  const { error } = await response.json().catch(() => ({}))
  return { status: response.status, code: error?.code, message: error?.message ?? `The router answered ${response.status}.` }
}

function keep(which, key) {
  keys[which] = key
  if (key === '') storage?.removeItem(STORED[which])
  else storage?.setItem(STORED[which], key)
}

/** A header takes no other characters. */
const isKey = text => /^[!-~]*$/.test(text)

function setText(element, text) {
  if (element.textContent !== text) element.textContent = text
}

const UNKNOWN = '–'
const isFigure = value => typeof value === 'number' && Number.isFinite(value)
const number = value => value.toLocaleString('en', { maximumSignificantDigits: 3 })
const ms = value => (isFigure(value) ? `${number(value)} ms` : UNKNOWN)
const percent = value => (isFigure(value) ? value.toLocaleString('en', { style: 'percent', maximumFractionDigits: 1 }) : UNKNOWN)
const time = atMs => new Date(atMs).toLocaleTimeString('en-GB')

for (const table of document.querySelectorAll('table')) sayRoles(table)
at('access-form').addEventListener('submit', event => {
  event.preventDefault()
  const key = at('admin-key').value.trim()
  if (!isKey(key)) return setText(at('access-message'), 'A key consists of visible ASCII characters.')
  keep('admin', key)
  at('admin-key').value = ''
  watch()
})
at('try').addEventListener('submit', event => {
  event.preventDefault()
  const key = at('client-key').value.trim()
  if (!isKey(key)) return tell('A key consists of visible ASCII characters.', 'bad')
  keep('client', key)
  send()
})
at('stop').addEventListener('click', () => sending?.abort())
document.addEventListener('visibilitychange', watch)
at('client-key').value = keys.client
watch()

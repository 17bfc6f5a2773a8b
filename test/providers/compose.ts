/** What the simulator says. Always the same for the same request, always plain that nobody thought about it. */
import { type Answer, type Piece, slices, textPiece, toolCallPiece } from './answer'
import { withoutDirectives } from './fault'
import type { Prompt, Tool } from './prompt'
import { sample } from './sample'
import { tokensOf } from './tokens'

/** Enough to recognise one's own question by. */
const QUOTED_CHARACTERS = 200

/** Reasoning that is billed but not sent, tokens. */
const HIDDEN_REASONING_TOKENS = 64

export interface Identity {
  readonly id: string
  readonly callId: string
  readonly createdSeconds: number
}

/** `format` names whose wire format it is: "OpenAI's", "Anthropic's". */
export function compose(prompt: Prompt, format: string, identity: Identity): Answer {
  const tool = toolToCall(prompt)
  const thought: Piece = {
    kind: 'reasoning',
    deltas: ['This simulator ', 'does not think; ', 'it only shows ', 'where thoughts go.'],
  }
  const reasoning = prompt.reasoning === 'shown' ? [thought] : []
  const whole =
    tool === undefined
      ? said(prompt, format)
      : toolCallPiece(identity.callId, tool.name, sample(tool.schema ?? { type: 'object' }))
  const cut = tool === undefined ? atMost(whole, prompt.maxTokens) : whole
  const shown = reasoning.flatMap(piece => piece.deltas).join('')
  return {
    id: identity.id,
    model: prompt.model,
    createdSeconds: identity.createdSeconds,
    pieces: [...reasoning, cut],
    finish: tool !== undefined ? 'tool-calls' : cut.deltas.length < whole.deltas.length ? 'length' : 'stop',
    usage: {
      prompt: prompt.promptTokens,
      cached: 0,
      answer: tokensOf(cut.deltas.join('')) + (tool === undefined ? 0 : tokensOf(tool.name)),
      reasoning: prompt.reasoning === 'hidden' ? HIDDEN_REASONING_TOKENS : tokensOf(shown),
    },
  }
}

/** A tool is called when the caller insists, or when the question is about weather; never right after a tool's result. */
function toolToCall(prompt: Prompt): Tool | undefined {
  const { choice, tools } = prompt
  if (choice === 'none' || prompt.results.length > 0) return undefined
  if (typeof choice === 'object') return tools.find(tool => tool.name === choice.name)
  const wanted = choice === 'required' || /weather/i.test(prompt.question)
  return wanted ? (tools.find(tool => /weather/i.test(`${tool.name} ${tool.description}`)) ?? tools[0]) : undefined
}

function said(prompt: Prompt, format: string): Piece {
  if (prompt.json !== undefined) {
    const value = prompt.json.schema === undefined ? { simulated: true } : sample(prompt.json.schema)
    return { kind: 'text', deltas: slices(JSON.stringify(value), 6) }
  }
  const question = Array.from(withoutDirectives(prompt.question)).slice(0, QUOTED_CHARACTERS).join('')
  const sentences = [
    `This is a simulated answer from ${format} wire format (model ${prompt.model}).`,
    ...(prompt.results.length > 0
      ? [`The tool returned: "${prompt.results.join('", "')}".`]
      : [question === '' ? 'You asked nothing.' : `You asked: "${question}".`]),
    ...(prompt.images > 0 ? [`I saw ${prompt.images} ${prompt.images === 1 ? 'image' : 'images'}.`] : []),
  ]
  return textPiece(sentences.join(' '))
}

/** As many deltas as fit, at least one: a provider charges for what it says, and stops there. */
function atMost(piece: Piece, maxTokens: number | undefined): Piece {
  if (maxTokens === undefined) return piece
  const fitting = piece.deltas.findIndex(
    (_, index) => index > 0 && tokensOf(piece.deltas.slice(0, index + 1).join('')) > maxTokens,
  )
  return fitting === -1 ? piece : { ...piece, deltas: piece.deltas.slice(0, fitting) }
}

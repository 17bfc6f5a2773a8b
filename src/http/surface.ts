/** Which dialect a path's callers speak, for problems that arise before or outside its handler. */
import { anthropicSurface } from '../provider/anthropic/surface'
import { openaiSurface } from '../provider/openai/surface'
import type { Surface } from '../provider/surface'
import type { AppContext } from './context'

export function surfaceOf(c: AppContext): Surface {
  const isAnthropic = /^\/v1\/messages(\/|$)/.test(c.req.path)
  return isAnthropic ? anthropicSurface({ requestId: c.var.requestId, showsThinking: false }) : openaiSurface
}

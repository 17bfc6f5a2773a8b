/** What Ong et al. published for RouteLLM (arXiv 2406.18665, tables 2 and 3): gpt-4-1106-preview against Mixtral-8x7B on whole test sets. */
export const PUBLISHED: readonly { readonly set: string; readonly router: string; readonly area: number }[] = [
  { set: 'mmlu', router: 'RouteLLM, BERT, arena and MMLU', area: 0.572 },
  { set: 'mmlu', router: 'RouteLLM, causal LLM, arena and MMLU', area: 0.6 },
  { set: 'mmlu', router: 'RouteLLM, matrix factorisation, arena and MMLU', area: 0.597 },
  { set: 'mmlu', router: 'RouteLLM, similarity, arena and MMLU', area: 0.603 },
  { set: 'gsm8k', router: 'RouteLLM, BERT, arena and judge', area: 0.531 },
  { set: 'gsm8k', router: 'RouteLLM, causal LLM, arena and judge', area: 0.622 },
  { set: 'gsm8k', router: 'RouteLLM, matrix factorisation, arena and judge', area: 0.565 },
  { set: 'gsm8k', router: 'RouteLLM, similarity, arena and judge', area: 0.568 },
]

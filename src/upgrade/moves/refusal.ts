/** Why a dry-run pod was refused: by its injector, or by somebody else's admission (quota, policy, limits). */

import type { Answer } from '../mesh.ts'

/**
 * Somebody else's refusal says nothing about who injects. On the way back, and past the point of no return, it must not
 * keep the upgrade from its end; before, PreCheck has asked every namespace once.
 */
export function isRefusedByOthers(answers: readonly Answer[]): boolean {
  return answers.some(
    (answer) =>
      answer.ask === 'dry-run-pod' && answer.pods.some((pod) => 'refused' in pod && !isInjectors(pod.refused)),
  )
}

/** The API server's words when a webhook cannot be called, and when two injectors were (seen 1.22 to 1.31). */
function isInjectors(text: string): boolean {
  return text.includes('failed calling webhook') || text.includes('Duplicate value')
}

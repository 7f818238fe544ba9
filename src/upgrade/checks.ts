/** All checks, in the order in which they are shown. A new check is one file and one line here. */

import type { Check } from './check.ts'
import { namespaceLabels } from './checks/namespace-labels.ts'

export const checks: readonly Check[] = [namespaceLabels]

/** Time passes: what is due happens, in order. */

import { assertNever } from '../../../lib/problem.ts'
import type { Api } from '../api.ts'
import type { Controlled, Due } from '../state.ts'
import { reckonBudgets } from './budgets.ts'
import { reconcileDaemonSet } from './daemon-set.ts'
import { reconcileDeployment } from './deployment.ts'
import { autoscale, collect, emptyNamespace, evictOne } from './housekeeping.ts'
import { probeIstiods } from './istiod-health.ts'
import { istiodsWrite } from './istiods-write.ts'
import { reconcileJob } from './jobs.ts'
import { podGone, podReady } from './pods.ts'
import { reconcileStatefulSet } from './stateful-set.ts'

/** Never back: a time that has passed changes nothing. */
export function advance(api: Api, toMs: number): void {
  const { state } = api
  for (let next = state.due[0]; next && next.at <= toMs; next = state.due[0]) {
    state.due = state.due.slice(1)
    state.now = Math.max(state.now, next.at)
    happen(api, next.what)
  }
  state.now = Math.max(state.now, toMs)
}

function happen(api: Api, due: Due): void {
  switch (due.do) {
    case 'reconcile':
      return reconcile(api, due.kind, due.namespace, due.name)
    case 'pod-ready':
      return podReady(api, due)
    case 'pod-gone':
      return podGone(api, due)
    case 'probe-istiods':
      return probeIstiods(api)
    case 'istiods-write':
      return istiodsWrite(api)
    case 'budgets':
      return reckonBudgets(api, due.namespace)
    case 'autoscale':
      return autoscale(api, due.namespace, due.name)
    case 'collect':
      return collect(api, due.owner)
    case 'evict-one':
      return evictOne(api, due.namespace)
    case 'namespace-gone':
      return emptyNamespace(api, due.name)
    default:
      assertNever(due)
  }
}

function reconcile(api: Api, kind: Controlled, namespace: string, name: string): void {
  switch (kind) {
    case 'Deployment':
      return reconcileDeployment(api, namespace, name)
    case 'StatefulSet':
      return reconcileStatefulSet(api, namespace, name)
    case 'DaemonSet':
      return reconcileDaemonSet(api, namespace, name)
    case 'Job':
      return reconcileJob(api, namespace, name)
    default:
      assertNever(kind)
  }
}

import { expect, test } from 'vitest'
import type { KubeObject } from '../cluster.ts'
import { ownerOf } from './owner.ts'

function pod(
  owner: { kind: string; name: string } | undefined,
  labels: Readonly<Record<string, string>> = {},
): KubeObject {
  const ownerReferences = owner === undefined ? [] : [{ apiVersion: 'apps/v1', uid: 'u', controller: true, ...owner }]
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', labels, ownerReferences } }
}

test('a pod of a ReplicaSet that a Deployment made belongs to the Deployment', () => {
  const owned = pod({ kind: 'ReplicaSet', name: 'cart-v2-5d9c7' }, { 'pod-template-hash': '5d9c7' })
  expect(ownerOf(owned)).toEqual({ kind: 'Deployment', name: 'cart-v2' })
})

test('a ReplicaSet of somebody else stays a ReplicaSet', () => {
  const rollout = pod({ kind: 'ReplicaSet', name: 'cart-5d9c7' }, { 'rollouts-pod-template-hash': '5d9c7' })
  expect(ownerOf(rollout)).toEqual({ kind: 'ReplicaSet', name: 'cart-5d9c7' })
  const foreign = pod({ kind: 'ReplicaSet', name: 'cart' }, { 'pod-template-hash': '5d9c7' })
  expect(ownerOf(foreign)).toEqual({ kind: 'ReplicaSet', name: 'cart' })
})

test('StatefulSets, DaemonSets and Jobs own their pods themselves', () => {
  for (const kind of ['StatefulSet', 'DaemonSet', 'Job'])
    expect(ownerOf(pod({ kind, name: 'db' }))).toEqual({ kind, name: 'db' })
})

test('a bare pod has no owner, nor has one that is owned but controlled by nobody', () => {
  expect(ownerOf(pod(undefined))).toBeUndefined()
  const owned = { apiVersion: 'v1', kind: 'Node', name: 'n1', uid: 'u' }
  const mirror = { ...pod(undefined), metadata: { name: 'p', ownerReferences: [owned] } }
  expect(ownerOf(mirror)).toBeUndefined()
})

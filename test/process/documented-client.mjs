// Drives one canary upgrade through the documented API: node client.mjs BASE_URL ADMIN_JSON_PATH TARGET_VERSION
import { readFileSync } from 'node:fs'
const [base, adminPath, target] = process.argv.slice(2)
const STEPS = ['PreCheck', 'ControlPlaneUpgrade', 'DataPlaneUpgrade', 'PostUpgrade']
const TYPES = ['MeshUpgradePreCheck', 'MeshUpgradeControlPlane', 'MeshUpgradeDataPlane', 'MeshUpgradePost']
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/
let token, prefix = ''
const must = (ok, message, shown) => { if (!ok) throw new Error(message + (shown ? `: ${JSON.stringify(shown).slice(0, 900)}` : '')) }
async function call(method, path, expected, body, headers = token ? { 'X-Auth-Token': token } : {}) {
  const json = body ? { 'Content-Type': 'application/json' } : {}
  const response = await fetch(base + prefix + path, { method, headers: { ...headers, ...json }, body: body && JSON.stringify(body), signal: AbortSignal.timeout(10_000) })
  const answer = await response.json()
  must(response.status === expected, `${method} ${path} gave ${response.status} instead of ${expected}`, answer)
  return method === 'POST' && !token ? { ...answer, secret: response.headers.get('x-subject-token') } : answer
}
async function refused(code, word, ...request) { // an error, in both spellings, whose message names the field
  const e = await call(...request)
  must(e.errorCode === code && e.error_code === code && e.errorMsg === e.error_msg && e.errorMsg.includes(word), `expected ${code} about "${word}"`, e)
}
function checkTask(task, step) {
  const { kind, apiVersion, metadata, spec, status: { state, updatedAt, currentStep } } = task
  must(kind === 'MeshUpgrade' && apiVersion === 'v1' && uuid.test(metadata.uid) && uuid.test(currentStep.id), 'task: kind, apiVersion or ids', task)
  must([metadata.creationTimestamp, updatedAt, currentStep.startTime ?? updatedAt].every(t => time.test(t)), 'task: times', task)
  must(['Init', 'Running', 'Pending', 'Success', 'Failed'].includes(state) && ['Init', 'Queuing', 'Running', 'Success', 'Failed'].includes(currentStep.phase), 'task: state or phase', task)
  must(spec.upgradeStrategy === 'Canary' && spec.targetType === 'InCluster' && spec.currentStep.name === step && spec.currentStep.action === 'Execute', 'task: spec', task)
  return task
}
function walk(job, visit, depth = 0) { // a job and, recursively, its sub-jobs
  const { metadata: m, spec, status: s } = job, ended = s.phase === 'Success' || s.phase === 'Failed'
  must(job.kind === 'Job' && job.apiVersion === 'v3' && uuid.test(m.uid) && (depth || Array.isArray(spec.subjobs)), 'job: kind, apiVersion, uid or subjobs', job)
  must((ended || ['Initializing', 'Running'].includes(s.phase)) && typeof s.reason === 'string' && ended === Boolean(s.completionTime), 'job: status', job)
  must([m.creationTimestamp, m.updateTimestamp, s.startTime, s.completionTime].every((t, i) => (i > 1 && t === undefined) || time.test(t)), 'job: times', job)
  visit(job, depth)
  spec.subjobs?.forEach(sub => walk(sub, visit, depth + 1))
}
async function drive() {
  must(base && adminPath && target, 'usage: node client.mjs BASE_URL ADMIN_JSON_PATH TARGET_VERSION')
  const { user: name, password, domain, projectName, projectId } = JSON.parse(readFileSync(adminPath, 'utf8'))
  const identity = { methods: ['password'], password: { user: { name, password, domain: { name: domain } } } }
  token = (await call('POST', '/v3/auth/tokens', 201, { auth: { identity, scope: { project: { name: projectName } } } })).secret
  prefix = `/v1/${projectId}`
  const anonymous = await call('GET', '/meshes', 401, undefined, {})
  must(anonymous.error_code === 'APIGW.0301' && anonymous.error_msg && anonymous.request_id, 'the 401 is not the gateway\'s', anonymous)
  const list = await call('GET', '/meshes', 200), mesh = list.items.find(m => m.status.phase === 'Running')
  must(list.kind === 'MeshList' && list.apiVersion === 'v1' && mesh?.spec.type === 'InCluster', 'no mesh is Running', list)
  const meshNow = () => call('GET', `/meshes/${mesh.metadata.uid}`, 200)

  const order = (step, change) => ({ kind: 'MeshUpgrade', apiVersion: 'v1', metadata: { name: 'outside-client' }, spec: { meshId: mesh.metadata.uid,
    upgradeStrategy: 'Canary', targetVersion: target, targetType: 'InCluster', currentStep: { name: step, action: 'Execute' }, ...change } })
  for (const field of ['upgradeStrategy', 'targetVersion', 'targetType']) {
    await refused('ASM.01010001', `spec.${field}`, 'POST', '/mesh-upgrade', 400, order('PreCheck', { [field]: 'nonsense' }))
  }
  const created = checkTask(await call('POST', '/mesh-upgrade', 201, order('PreCheck')), 'PreCheck')
  const { uid } = created.metadata, path = `/mesh-upgrade/${uid}`, jobs = []
  console.log(`task ${uid}: mesh ${mesh.metadata.name} from ${mesh.spec.version} to ${created.spec.targetVersion}`)
  const command = (step, change) => order(step, { targetVersion: created.spec.targetVersion, ...change }) // the server may have completed 1.31 to 1.31.1
  for (const [i, step] of STEPS.entries()) {
    if (i > 0) checkTask(await call('PUT', path, 200, command(step)), step)
    if (i < 2) await refused('ASM.01010003', STEPS[i + 2], 'PUT', path, 409, command(STEPS[i + 2])) // out of order
    let task, phase
    for (const end = Date.now() + 120_000; phase !== 'Success' && phase !== 'Failed'; await new Promise(r => setTimeout(r, 200))) {
      must(Date.now() < end, `${step} has not ended after two minutes`, task)
      task = checkTask(await call('GET', path, 200), step)
      phase = task.status.currentStep.phase
    }
    const job = await call('GET', `/mesh-job/${task.status.currentStep.id}`, 200), now = await meshNow()
    walk(job, (j, depth) => console.log(`${'  '.repeat(depth)}${j.spec.type} ${j.status.phase} ${j.status.reason}`))
    must(phase === 'Success' && job.status.phase === 'Success' && job.spec.type === TYPES[i], `${step} ended ${phase}`, { ...job.status, type: job.spec.type })
    must(task.status.state === (i < 3 ? 'Pending' : 'Success'), `state after ${step}`, task)
    must(now.status.phase === (i === 1 || i === 2 ? 'Upgrading' : 'Running') && (now.spec.version !== mesh.spec.version) === (i === 3), `mesh after ${step}`, now)
    jobs.push(job.metadata.uid)
  }
  await refused('ASM.01010003', '', 'PUT', path, 409, command('PreCheck', { currentStep: { name: 'DataPlaneUpgrade', action: 'Rollback' } })) // too late
  await refused('ASM.01010001', 'spec.targetVersion', 'PUT', path, 400, command('PostUpgrade', { targetVersion: mesh.spec.version }))
  const root = await call('GET', `/mesh-job/${uid}`, 200), all = []
  walk(root, j => all.push(j))
  must(root.status.phase === 'Success' && root.spec.subjobs.map(j => j.metadata.uid).join() === jobs.join(), 'the sub-jobs of the root job are not the steps in order')
  const leaf = await call('GET', `/mesh-job/${all.at(-1).metadata.uid}`, 200)
  must(leaf.metadata.uid === all.at(-1).metadata.uid && leaf.spec.type === all.at(-1).spec.type, 'a sub-job asked for by its id is another one', leaf)
  must(checkTask(await call('DELETE', path, 200), 'PostUpgrade').status.state === 'Success', 'DELETE does not show the last state')
  await refused('ASM.01010002', '', 'GET', path, 404)
}
drive().then(() => console.log('drove it'), error => {
  console.error(`FAILED: ${error.message} ${error.cause ?? ''}`)
  process.exitCode = 1
})

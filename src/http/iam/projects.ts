/** Projects and enterprise projects. Neither is removed while something is in it. */

import type { Named } from '../../access/caller.ts'
import { defaultEnterpriseProject } from '../../access/directory/directory.ts'
import { enterpriseProjectOf } from '../../registry/meshes.ts'
import type { Handlers } from '../handler.ts'
import type { Parts } from '../parts.ts'
import type { Turns } from '../turns.ts'

type Names = Projects | EnterpriseProjects
type Projects = 'createProject' | 'listProjects' | 'removeProject'
type EnterpriseProjects = 'createEnterpriseProject' | 'listEnterpriseProjects' | 'removeEnterpriseProject'
type Needs = Pick<Parts, 'access' | 'registry' | 'desk'>

export function projectHandlers(parts: Needs, turns: Turns): Handlers<Names> {
  return { ...ofProjects(parts, turns), ...ofEnterpriseProjects(parts, turns) }
}

function ofProjects({ access: { office }, registry, desk }: Needs, { ofProject }: Turns): Handlers<Projects> {
  return {
    createProject: async ({ body }) => shown(await office.createProject(body)),
    listProjects: async () => ({ items: [...office.directory.projects.values()].map(shown) }),
    removeProject: ({ params: { project }, was }) =>
      ofProject(project, async () => {
        was(office.directory.projects.get(project))
        const inside = [
          counted((await registry.meshes(project)).length, 'mesh', 'meshes'),
          counted((await registry.clusters(project)).length, 'cluster', 'clusters'),
          // There may be thousands of upgrades; which meshes they are of is known without reading them.
          counted((await desk.subjects(project)).length, 'mesh with upgrades', 'meshes with upgrades'),
        ].filter((one) => one !== undefined)
        return shown(await office.removeProject(project, inside.length > 0 ? inside.join(', ') : undefined))
      }),
  }
}

function ofEnterpriseProjects(
  { access: { office }, registry }: Needs,
  { ofEnterpriseProject }: Turns,
): Handlers<EnterpriseProjects> {
  const meshesOf = async (id: string): Promise<number> => {
    const all = await Promise.all([...office.directory.projects.keys()].map((project) => registry.meshes(project)))
    return all.flat().filter((mesh) => enterpriseProjectOf(mesh) === id).length
  }
  return {
    createEnterpriseProject: async ({ body }) => shown(await office.createEnterpriseProject(body)),
    listEnterpriseProjects: async () => ({
      items: [defaultEnterpriseProject, ...office.directory.enterpriseProjects.values()].map(shown),
    }),
    removeEnterpriseProject: ({ params: { enterprise_project_id: id }, was }) =>
      ofEnterpriseProject(id, async () => {
        was(office.directory.enterpriseProjects.get(id))
        return shown(await office.removeEnterpriseProject(id, counted(await meshesOf(id), 'mesh', 'meshes')))
      }),
  }
}

/** `1 mesh`, `2 meshes`; undefined for none. */
const counted = (count: number, one: string, many: string): string | undefined =>
  count === 0 ? undefined : `${count} ${count === 1 ? one : many}`

const shown = ({ id, name }: Named): Named => ({ id, name })

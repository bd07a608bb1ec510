import { Graph, layout } from '@dagrejs/dagre';
import type { Machine } from './load';

/** Pixels, of its centre. */
interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}
/** A state where it is drawn; of a Map its title. */
export interface Node extends Box {
  /** Names of the Maps around it, and its own. */
  path: string;
  name: string;
}
export interface Edge {
  points: { x: number; y: number }[];
  isCatch: boolean;
}
export interface Drawing {
  width: number;
  height: number;
  /** From top to bottom. */
  nodes: Node[];
  /** Around the states of Maps. */
  frames: Box[];
  edges: Edge[];
}

const size = { width: 230, height: 54 };
const separator = ' / ';
const titleOf = (path: string) => `${path}${separator}title`;
const endOf = (path: string) => `${path}${separator}end`;

/** The workflow as its definition has it, laid out from top to bottom. */
export function draw(definition: Machine): Drawing {
  const graph = new Graph({ compound: true, multigraph: true });
  graph.setGraph({ rankdir: 'TB', nodesep: 24, ranksep: 36, marginx: 16, marginy: 16 });
  graph.setDefaultEdgeLabel(() => ({}));
  addStates(graph, definition, undefined);
  layout(graph);
  const { width = 0, height = 0 } = graph.graph();
  const all = graph.nodes().map((id) => graph.node(id) as unknown as Node & { isFrame?: boolean });
  return {
    width,
    height,
    nodes: all.filter(({ path }) => path !== undefined).toSorted((a, b) => a.y - b.y || a.x - b.x),
    frames: all.filter(({ isFrame }) => isFrame),
    edges: graph
      .edges()
      .map((edge) => graph.edge(edge) as unknown as Edge & { isHidden?: boolean })
      .filter(({ isHidden }) => !isHidden),
  };
}

/** dagre lays out no edges of a group itself: they go to its title, and come from a point at its end. */
function addStates(graph: Graph, { StartAt, States }: Machine, parent: string | undefined): void {
  const pathOf = (name: string) => (parent === undefined ? name : `${parent}${separator}${name}`);
  const isMap = (name: string) => States[name]?.ItemProcessor !== undefined;
  const enterOf = (name: string) => (isMap(name) ? titleOf(pathOf(name)) : pathOf(name));
  const leaveOf = (name: string) => (isMap(name) ? endOf(pathOf(name)) : pathOf(name));
  const add = (id: string, node: object, inside: string | undefined) => {
    graph.setNode(id, node);
    if (inside !== undefined) graph.setParent(id, inside);
  };
  for (const [name, { ItemProcessor }] of Object.entries(States)) {
    const path = pathOf(name);
    const state = { path, name, ...size };
    if (!ItemProcessor) {
      add(path, state, parent);
      continue;
    }
    add(path, { isFrame: true }, parent);
    add(titleOf(path), state, path);
    add(endOf(path), { width: 1, height: 1 }, path);
    addStates(graph, ItemProcessor, path);
  }
  for (const [name, { Next, Default, Choices = [], Catch = [] }] of Object.entries(States)) {
    const following = [Next, Default, ...Choices.map((choice) => choice.Next)].filter(
      (to) => to !== undefined,
    );
    for (const to of new Set(following))
      graph.setEdge(leaveOf(name), enterOf(to), { isCatch: false }, `${name} next`);
    for (const to of new Set(Catch.map((each) => each.Next)))
      graph.setEdge(leaveOf(name), enterOf(to), { isCatch: true }, `${name} catch`);
    if (parent !== undefined && following.length === 0)
      graph.setEdge(leaveOf(name), endOf(parent), { isHidden: true }, `${name} ends`);
  }
  if (parent !== undefined) graph.setEdge(titleOf(parent), enterOf(StartAt), { isCatch: false }, 'start');
}

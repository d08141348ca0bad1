import type { EditorState } from '@codemirror/state';
import type { SyntaxNode, Tree } from '@lezer/common';
import { pointer as join, segments } from './pointer';

interface Span {
  from: number;
  to: number;
}

/** Where the value at a pointer stands in a document. */
export function rangeOf(state: EditorState, tree: Tree, pointer: string): Span | null {
  let node: SyntaxNode | null = tree.topNode.firstChild;
  let property: SyntaxNode | null = null;
  for (const part of segments(pointer)) {
    if (!node) return null;
    if (node.name === 'Object') {
      property = member(state, node, part);
      node = property?.lastChild ?? null;
    } else if (node.name === 'Array') {
      property = null;
      node = item(node, Number(part));
    } else {
      return null;
    }
  }
  if (!node) return null;
  const from = property ? property.from : node.from;
  return { from, to: node.to };
}

/** The pointer to the innermost value at a position. */
export function pointerAt(state: EditorState, tree: Tree, position: number): string | null {
  const parts: (string | number)[] = [];
  let node: SyntaxNode | null = tree.resolveInner(position, -1);
  let inside: SyntaxNode | null = null;
  while (node) {
    if (node.name === 'Property') {
      const name = node.getChild('PropertyName');
      if (name) parts.unshift(read(state, name));
    } else if (node.name === 'Array' && inside) {
      let index = 0;
      for (let child = node.firstChild; child && child.from < inside.from; child = child.nextSibling) {
        if (isValue(child)) index += 1;
      }
      parts.unshift(index);
    }
    inside = node;
    node = node.parent;
  }
  return parts.length ? join(parts) : null;
}

function member(state: EditorState, object: SyntaxNode, key: string): SyntaxNode | null {
  for (const property of object.getChildren('Property')) {
    const name = property.getChild('PropertyName');
    if (name && read(state, name) === key) return property;
  }
  return null;
}

function item(array: SyntaxNode, wanted: number): SyntaxNode | null {
  let index = 0;
  for (let child = array.firstChild; child; child = child.nextSibling) {
    if (!isValue(child)) continue;
    if (index === wanted) return child;
    index += 1;
  }
  return null;
}

function isValue(node: SyntaxNode): boolean {
  return ['Object', 'Array', 'String', 'Number', 'True', 'False', 'Null'].includes(node.name);
}

function read(state: EditorState, name: SyntaxNode): string {
  try {
    return JSON.parse(state.sliceDoc(name.from, name.to)) as string;
  } catch {
    return '';
  }
}

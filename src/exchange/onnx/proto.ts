import { PbfWriter } from 'pbf';

/*
 * The part of ONNX's protobuf schema (onnx.proto3) that a graph of float operations needs. Numbers behind the names
 * are those of the schema's fields.
 */

/** Element types of tensors (TensorProto.DataType). */
export const TYPE = { float: 1, int64: 7, bool: 9 } as const;
type ElementType = (typeof TYPE)[keyof typeof TYPE];

/** A constant: weights, or a short list of integers. */
export interface Tensor {
  name: string;
  dims: readonly number[];
  data: Float32Array | readonly number[];
}

export type Attribute = number | { float: number } | string | readonly number[];

export interface Node {
  type: string;
  inputs: readonly string[];
  outputs: readonly string[];
  attributes?: Readonly<Record<string, Attribute>>;
}

/** An input or output of the graph; dimensions by number or by name. */
export interface Value {
  name: string;
  type: ElementType;
  dims: readonly (number | string)[];
}

export interface Graph {
  name: string;
  inputs: readonly Value[];
  outputs: readonly Value[];
  constants: readonly Tensor[];
  nodes: readonly Node[];
}

/** Gelu is an operation of its own from opset 20 on; opset 20 needs IR version 9. */
const OPSET = 20;
const IR_VERSION = 9;

/** The bytes of a model (ModelProto). */
export function modelBytes(graph: Graph, producer: string): Uint8Array {
  const pbf = new PbfWriter();
  pbf.writeVarintField(1, IR_VERSION);
  pbf.writeStringField(2, producer);
  pbf.writeMessage(7, writeGraph, graph);
  pbf.writeMessage(8, (version: number, out: PbfWriter) => out.writeVarintField(2, version), OPSET);
  return pbf.finish();
}

function writeGraph({ nodes, name, constants, inputs, outputs }: Graph, pbf: PbfWriter): void {
  for (const node of nodes) pbf.writeMessage(1, writeNode, node);
  pbf.writeStringField(2, name);
  for (const tensor of constants) pbf.writeMessage(5, writeTensor, tensor);
  for (const value of inputs) pbf.writeMessage(11, writeValue, value);
  for (const value of outputs) pbf.writeMessage(12, writeValue, value);
}

function writeNode({ inputs, outputs, type, attributes = {} }: Node, pbf: PbfWriter): void {
  for (const name of inputs) pbf.writeStringField(1, name);
  for (const name of outputs) pbf.writeStringField(2, name);
  pbf.writeStringField(3, outputs[0]!);
  pbf.writeStringField(4, type);
  for (const entry of Object.entries(attributes)) pbf.writeMessage(5, writeAttribute, entry);
}

/** The type stands beside the value: without it a reader takes a 0 for an attribute that is not there. */
function writeAttribute([name, value]: [string, Attribute], pbf: PbfWriter): void {
  pbf.writeStringField(1, name);
  if (typeof value === 'number') {
    pbf.writeVarintField(3, value);
    pbf.writeVarintField(20, 2);
  } else if (typeof value === 'string') {
    pbf.writeStringField(4, value);
    pbf.writeVarintField(20, 3);
  } else if ('float' in value) {
    pbf.writeFloatField(2, value.float);
    pbf.writeVarintField(20, 1);
  } else {
    pbf.writePackedVarint(8, [...value]);
    pbf.writeVarintField(20, 7);
  }
}

function writeTensor({ name, dims, data }: Tensor, pbf: PbfWriter): void {
  pbf.writePackedVarint(1, [...dims]);
  if (data instanceof Float32Array) {
    pbf.writeVarintField(2, TYPE.float);
    pbf.writeStringField(8, name);
    pbf.writeBytesField(9, littleEndian(data));
  } else {
    pbf.writeVarintField(2, TYPE.int64);
    pbf.writePackedVarint(7, [...data]);
    pbf.writeStringField(8, name);
  }
}

function littleEndian(data: Float32Array): Uint8Array {
  const bytes = new Uint8Array(data.length * 4);
  const view = new DataView(bytes.buffer);
  data.forEach((x, i) => view.setFloat32(4 * i, x, true));
  return bytes;
}

function writeValue({ name, type, dims }: Value, pbf: PbfWriter): void {
  pbf.writeStringField(1, name);
  pbf.writeMessage(
    2,
    (_: null, outer: PbfWriter) => {
      outer.writeMessage(
        1,
        (__: null, tensor: PbfWriter) => {
          tensor.writeVarintField(1, type);
          tensor.writeMessage(2, writeShape, dims);
        },
        null,
      );
    },
    null,
  );
}

function writeShape(dims: Value['dims'], pbf: PbfWriter): void {
  for (const dim of dims)
    pbf.writeMessage(
      1,
      (of: number | string, out: PbfWriter) => {
        if (typeof of === 'number') out.writeVarintField(1, of);
        else out.writeStringField(2, of);
      },
      dim,
    );
}

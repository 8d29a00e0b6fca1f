import { existsSync, readFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import { closeSessions, openModel as open, refusal } from '../support/scoring.ts';

afterEach(closeSessions);

const SAMPLES = '../shared/onnx-samples';

describe.skipIf(!existsSync(SAMPLES))('models of other tools, and models made to do harm', () => {
  interface Sample {
    readonly file: string;
    readonly inputs?: Readonly<Record<string, string>>;
    readonly outputs?: Readonly<Record<string, string>>;
  }
  const samples: readonly Sample[] = existsSync(SAMPLES)
    ? JSON.parse(readFileSync(`${SAMPLES}/manifest.json`, 'utf8')).models
    : [];
  const range = (length: number) => Array.from({ length }, (_, i) => `f${i}`);
  const zipMap = /list or map \(ZipMap\): export with zipmap=False/;
  const REFUSED: Readonly<Record<string, RegExp>> = {
    'derived-hostile/custom_domain.onnx': /"TotallyMadeUp" is of the domain "evil.example"/,
    'derived-hostile/empty.onnx': /is empty/,
    'derived-hostile/endless_loop.onnx': /"Loop" is control flow/,
    'derived-hostile/external_data_absolute_path.onnx': /"w" has its data in another file/,
    'derived-hostile/external_data_path_traversal.onnx': /"w" has its data in another file/,
    'derived-hostile/ir_version_99.onnx': /IR version: 99.*export for an older IR version/,
    'derived-hostile/label_only.onnx': /"label" holds no floating-point numbers/,
    'derived-hostile/memory_bomb_64TB.onnx': /"score" has 0 dimensions/,
    'derived-hostile/tree_child_missing.onnx': /trees are malformed/,
    'derived-hostile/tree_root_is_its_own_child.onnx': /trees are malformed/,
    'derived-hostile/truncated_half.onnx': /cut off/,
    'real-awkward/bfloat16_and_spaces_in_names.onnx': /5 dimensions/,
    'real-awkward/ir_version_missing.onnx': /IR version/,
    'real-awkward/map_input.onnx': /input "input" is not a tensor/,
    'real-awkward/no_opset_import_ir3.onnx': /opset/,
    'real-awkward/output_type_undeclared_intermediate.onnx': /"pclass" takes text/,
    'real-awkward/skl2onnx1.19_double_declared_float_produced.onnx': /export with FloatTensorType/,
    'real-awkward/stringnormalizer_locale.onnx': /no floating-point numbers/,
    'real-awkward/training_ops_com.microsoft.onnx': /"ConcatTraining" is of the domain "com.microsoft"/,
    'real/go_pytorch_dynamic_batch.onnx': /no probability/,
    'real/go_sklearn_randomforest_zipmap.onnx': zipMap,
    'real/onnxmltools1.3_gbc_binary_string_labels.onnx': zipMap,
    'real/onnxmltools1.3_sgd_scores_not_probabilities.onnx': zipMap,
    'real/onnxmltools1.3_tree_binary_string_labels.onnx': zipMap,
    'real/onnxmltools_xgboost_pipeline_zipmap.onnx': zipMap,
    'real/onnxmltools_xgboost_regressor.onnx': /no probability/,
    'real/ruby_zipmap_string_keys.onnx': zipMap,
    'real/skl2onnx_rf_iris_zipmap.onnx': zipMap,
    'real/skl2onnx_titanic_named_mixed_tensor.onnx': /"sex" takes text/,
    'real/skl2onnx_titanic_named_strings_zipmap.onnx': zipMap,
  };
  const OPENED: Readonly<Record<string, number>> = {
    'derived-hostile/columns_yes_then_no.onnx': 19,
    'derived-hostile/input_named___proto__.onnx': 19,
    'real/skl2onnx1.13_forest_opset18_probability_tensor.onnx': 3,
    'real/skl2onnx_treeensemble_dynamic_features.onnx': 20,
  };
  const model = (file: string) => readFileSync(`${SAMPLES}/${file}`);
  const outputOf = ({ outputs = {} }: Sample) => Object.keys(outputs).at(-1) ?? 'probabilities';

  test('are all known here', () => {
    expect(samples.map(({ file }) => file).sort()).toEqual(
      [...Object.keys(REFUSED), ...Object.keys(OPENED)].sort(),
    );
    expect(samples).toHaveLength(34);
  });

  test.each(samples.filter(({ file }) => file in REFUSED))('$file is refused', async (sample) => {
    const inputs = Object.entries(sample.inputs ?? {});
    const width = Number(/(\d+)\]$/.exec(inputs[0]?.[1] ?? '')?.[1] ?? 19);
    const features = inputs.length === 1 ? range(width) : inputs.map(([name]) => name);
    const attempt = open(model(sample.file), features.length > 0 ? features : ['a'], {
      name: outputOf(sample),
      index: 0,
    });
    expect(await refusal(attempt)).toMatch(REFUSED[sample.file] ?? /never/);
  });

  test.each(samples.filter(({ file }) => file in OPENED))('$file is scored', async (sample) => {
    const width = OPENED[sample.file] ?? 0;
    const session = await open(model(sample.file), range(width), { name: outputOf(sample), index: 0 });
    const other = await open(model(sample.file), range(width), { name: outputOf(sample), index: 1 });
    const matrix = Float32Array.from({ length: 50 * width }, (_, i) => Math.sin(i) * 40);
    const [first, second] = await Promise.all([session.score(matrix, 50), other.score(matrix, 50)]);
    expect(new Set(first).size).toBeGreaterThan(1);
    for (let row = 0; row < 50; row += 1)
      expect((first[row] ?? 0) + (second[row] ?? 0)).toBeLessThanOrEqual(1.000001);
    await refusal(open(model(sample.file), range(width - 1), { name: outputOf(sample), index: 0 }));
    await refusal(open(model(sample.file), range(width + 1), { name: outputOf(sample), index: 0 }));
    await refusal(open(model(sample.file), range(width), { name: outputOf(sample), index: 3 }));
    expect(await refusal(open(model(sample.file), range(width), { name: 'p2', index: 0 }))).toContain(
      outputOf(sample),
    );
  });

  test('the card says which column is the probability, whatever their order', async () => {
    const swapped = 'derived-hostile/columns_yes_then_no.onnx';
    const usual = 'derived-hostile/input_named___proto__.onnx';
    const one = await open(model(swapped), range(19), { name: 'p', index: 0 });
    const two = await open(model(usual), range(19), { name: 'probabilities', index: 1 });
    const matrix = Float32Array.from({ length: 50 * 19 }, (_, i) => Math.sin(i) * 40);
    expect(await one.score(matrix, 50)).toEqual(await two.score(matrix, 50));
  });
});

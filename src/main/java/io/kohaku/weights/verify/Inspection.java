package io.kohaku.weights.verify;

import io.kohaku.input.UnusableFileException;
import io.kohaku.tensor.Dtype;
import io.kohaku.tensor.TensorInfo;
import io.kohaku.tensor.file.SafeTensors;
import io.kohaku.weights.SliceBuffer;
import io.kohaku.weights.TensorStatistics;
import io.kohaku.weights.WeightKernels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Tells what is in a safetensors file: header, texts, tensors with their norms, what an adapter
 * changes.
 */
public final class Inspection {
  private static final int LONGEST_TEXT = 160;

  /** Whole numbers that statistics are told of, beside all floating ones. */
  private static final EnumSet<Dtype> WHOLE =
      EnumSet.of(Dtype.I64, Dtype.I32, Dtype.I16, Dtype.I8, Dtype.U8);

  private final List<String> lines = new ArrayList<>();

  private Inspection() {}

  /** The lines of the report. */
  public static List<String> of(Path path) throws IOException {
    Inspection inspection = new Inspection();
    try (WeightKernels kernels = new WeightKernels();
        SafeTensors file = SafeTensors.open(path)) {
      inspection.header(file);
      inspection.texts(file.metadata());
      inspection.tensors(kernels, file);
      if (AdapterLines.areOf(file.tensors().keySet())) {
        inspection.adapter(kernels, file);
      }
    }
    return List.copyOf(inspection.lines);
  }

  private void header(SafeTensors file) throws IOException {
    Map<Dtype, Long> elements = new TreeMap<>();
    file.tensors()
        .values()
        .forEach(info -> elements.merge(info.dtype(), info.elements(), Long::sum));
    line(Locale.ROOT, "file      %s", file.file());
    line(Locale.ROOT, "bytes     %,d", Files.size(file.file()));
    line(Locale.ROOT, "tensors   %,d", file.tensors().size());
    elements.forEach((dtype, count) -> line(Locale.ROOT, "elements  %,d %s", count, dtype));
  }

  private void texts(Map<String, String> texts) {
    new TreeMap<>(texts)
        .forEach(
            (key, text) -> {
              String shown = text.replace('\n', ' ');
              if (shown.length() > LONGEST_TEXT) {
                shown =
                    shown.substring(0, LONGEST_TEXT)
                        + String.format(Locale.ROOT, "… (%,d characters)", text.length());
              }
              line(Locale.ROOT, "text      %s = %s", key, shown);
            });
  }

  private void tensors(WeightKernels kernels, SafeTensors file) throws IOException {
    SliceBuffer buffer = new SliceBuffer(kernels.manager());
    for (TensorInfo info : new TreeMap<>(file.tensors()).values()) {
      String shape = Arrays.toString(info.shape());
      if (!info.dtype().isFloating() && !WHOLE.contains(info.dtype())) {
        line(Locale.ROOT, "tensor    %s %s %s", info.name(), info.dtype(), shape);
        continue;
      }
      TensorStatistics numbers = TensorStatistics.of(kernels, buffer, file, info);
      String warning =
          numbers.notFinite() == 0
              ? ""
              : String.format(Locale.ROOT, "  NOT FINITE: %,d", numbers.notFinite());
      line(
          Locale.ROOT,
          "tensor    %s %s %s  norm %.6g  mean %.3g  from %.4g to %.4g%s",
          info.name(),
          info.dtype(),
          shape,
          numbers.norm(),
          numbers.mean(),
          numbers.least(),
          numbers.greatest(),
          warning);
    }
  }

  private void adapter(WeightKernels kernels, SafeTensors file) {
    try {
      lines.addAll(AdapterLines.of(kernels, file.file()));
    } catch (UnusableFileException e) {
      line(Locale.ROOT, "WRONG     %s", e.getMessage());
    }
  }

  private void line(Locale locale, String format, Object... values) {
    lines.add(String.format(locale, format, values));
  }
}

package io.kohaku.weights.merge;

import io.kohaku.input.UnusableFileException;
import io.kohaku.ownership.Closer;
import io.kohaku.sdxl.checkpoint.PredictionMarks;
import io.kohaku.tensor.Dtype;
import io.kohaku.tensor.TensorInfo;
import io.kohaku.tensor.TensorSource;
import io.kohaku.tensor.file.SafeTensorsWriter;
import io.kohaku.tensor.file.TensorStore;
import io.kohaku.weights.BackgroundChannel;
import io.kohaku.weights.WeightKernels;
import java.io.IOException;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Adds up checkpoints tensor by tensor, after giving them back an original's embeddings. */
public final class CheckpointMerge {
  private static final Logger LOG = LoggerFactory.getLogger(CheckpointMerge.class);

  private final MergePlan plan;
  private final List<TensorStore> files;
  private final MergeSources sources;
  private final WeightedSum sum;

  private CheckpointMerge(MergePlan plan, MergeSources sources, WeightKernels kernels) {
    this.plan = plan;
    this.sources = sources;
    this.files = sources.files();
    this.sum = new WeightedSum(kernels, plan.arithmetic());
  }

  /**
   * Looks at the headers of all files, as merging does before it writes.
   *
   * @throws UnusableFileException if a file is of another network, the checkpoints have nothing in
   *     common, predict different things, differ and the plan does not allow it, or the original
   *     lacks an embedding
   */
  public static void check(MergePlan plan) {
    try (Closer opened = new Closer()) {
      MergeSources.open(plan, opened);
    }
  }

  /**
   * Merges into {@code out}.
   *
   * @throws UnusableFileException as {@link #check} does
   */
  public static MergeReport write(MergePlan plan, WritableByteChannel out) throws IOException {
    try (Closer opened = new Closer()) {
      MergeSources sources = MergeSources.open(plan, opened);
      return new CheckpointMerge(plan, sources, opened.add(new WeightKernels())).write(out);
    }
  }

  private MergeReport write(WritableByteChannel out) throws IOException {
    Set<String> restored = sources.restored();
    List<TensorSource> tensors = new ArrayList<>();
    List<String> copied = new ArrayList<>();
    for (TensorInfo info : files.get(0).tensors().values()) {
      boolean floating = info.dtype().isFloating();
      if (!floating) {
        copied.add(info.name() + " " + info.dtype());
      }
      tensors.add(floating ? summed(info, restored) : files.get(0).source(info.name()));
    }
    PredictionMarks marks = PredictionMarks.of(files.get(0).file());
    List<TensorSource> all = new ArrayList<>(tensors);
    all.addAll(marks.tensors(files.get(0).tensors().keySet()));
    Map<String, String> metadata = metadata();
    marks.tell(metadata);
    try (BackgroundChannel background = new BackgroundChannel(out)) {
      SafeTensorsWriter.write(background, metadata, all);
    }
    if (!copied.isEmpty()) {
      LOG.info("Copied from {}, being whole numbers: {}", files.get(0).file(), copied);
    }
    int summed = tensors.size() - copied.size() - restored.size();
    return new MergeReport(summed, restored.size(), copied.size(), sources.differences());
  }

  private TensorSource summed(TensorInfo info, Set<String> restored) {
    List<WeightedSum.Term> terms = terms(info, restored.contains(info.name()));
    Dtype output = plan.output().orElse(info.dtype());
    return new TensorSource(
        info.name(), output, info.shape(), out -> sum.write(info.name(), terms, output, out));
  }

  /** A checkpoint that lacks the tensor leaves its share to the first. */
  private List<WeightedSum.Term> terms(TensorInfo info, boolean restored) {
    List<WeightedSum.Term> terms = new ArrayList<>();
    double lacking = 0;
    for (int i = 0; i < files.size(); i++) {
      MergePlan.Checkpoint checkpoint = plan.checkpoints().get(i);
      if (restored && checkpoint.restored()) {
        terms.add(new WeightedSum.Term(sources.original().orElseThrow(), checkpoint.ratio()));
      } else if (isAddable(files.get(i).tensors().get(info.name()), info)) {
        terms.add(new WeightedSum.Term(files.get(i), checkpoint.ratio()));
      } else {
        lacking += checkpoint.ratio();
      }
    }
    if (lacking != 0) {
      WeightedSum.Term first = terms.get(0);
      terms.set(0, new WeightedSum.Term(first.file(), first.ratio() + lacking));
    }
    return terms;
  }

  /** Counted positions are whole numbers in one file and floating in another. */
  private static boolean isAddable(TensorInfo found, TensorInfo own) {
    return MergeSources.sameShape(found, own) && found.dtype().isFloating();
  }

  /** The first checkpoint's texts, without hashes of it, and what was merged. */
  private Map<String, String> metadata() {
    Map<String, String> metadata = new LinkedHashMap<>(files.get(0).metadata());
    metadata.keySet().removeIf(key -> key.contains("hash"));
    metadata.put(
        "modelspec.merged_from",
        plan.checkpoints().stream()
            .map(checkpoint -> checkpoint.file().getFileName() + " * " + checkpoint.ratio())
            .collect(Collectors.joining(", ")));
    sources
        .original()
        .ifPresent(
            file ->
                metadata.put(
                    "kohaku.restored",
                    plan.restored().stream()
                            .sorted()
                            .map(Enum::name)
                            .collect(Collectors.joining(", "))
                        + " from "
                        + file.file().getFileName()));
    return metadata;
  }
}

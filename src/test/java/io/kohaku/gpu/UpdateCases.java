package io.kohaku.gpu;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** The updates worth measuring, in order of worth. */
final class UpdateCases {
  private static final String BF16 = "train.compute=bf16";
  private static final String FP16 = "train.compute=fp16";
  private static final String MERGED = "lokr.mode=merged";
  private static final String BYPASS = "lokr.mode=bypass";
  private static final String AUTO = "lokr.mode=auto";
  private static final String KEPT = "train.gradient-checkpointing=false";
  private static final String LAST = "train.speed.memory-format=channels-last";
  private static final String NORMS = "train.speed.norms=compute";
  private static final String FUSED = "train.speed.fuse=true";
  private static final String ONCE = "train.speed.merge=update";
  private static final String UNREAD = "train.speed.read-loss=update";

  private final int microBatches;
  private final int updates;
  private final Set<String> chosen;

  UpdateCases(KitOptions options) {
    this.microBatches = options.number("micro", 2);
    this.updates = options.number("updates", 2);
    this.chosen = Set.copyOf(Arrays.asList(options.text("cases", "all").split(",")));
  }

  List<UpdateCase> list() {
    List<UpdateCase> cases =
        List.of(
            square("plain", BF16, MERGED),
            square("all levers", BF16, MERGED, LAST, NORMS, ONCE, UNREAD),
            square("bypass", BF16, BYPASS, LAST, NORMS, UNREAD),
            square("channels-last", BF16, MERGED, LAST),
            square("norms", BF16, MERGED, NORMS),
            square("merge-once", BF16, MERGED, ONCE),
            square("read-once", BF16, MERGED, UNREAD),
            square("fused", BF16, MERGED, FUSED),
            square("kept", BF16, MERGED, KEPT, LAST, NORMS, ONCE, UNREAD),
            square("auto", BF16, AUTO, LAST, NORMS, ONCE, UNREAD),
            square("fp16", FP16, MERGED, LAST, NORMS, ONCE, UNREAD),
            square(
                "no-text", BF16, MERGED, LAST, NORMS, ONCE, UNREAD, "lokr.preset=delta-unet.toml"),
            wide("wide-1", 1),
            wide("wide-2", 2));
    return cases.stream().filter(this::isChosen).toList();
  }

  private UpdateCase square(String name, String... settings) {
    return new UpdateCase(name, 4, 1024, 1024, microBatches, updates, List.of(settings));
  }

  private UpdateCase wide(String name, int batch) {
    List<String> settings = new ArrayList<>(List.of(BF16, MERGED, LAST, NORMS, ONCE, UNREAD));
    return new UpdateCase(name, batch, 1536, 640, microBatches, updates, settings);
  }

  private boolean isChosen(UpdateCase one) {
    return chosen.contains("all") || chosen.contains(one.name());
  }
}

package io.kohaku.sdxl.checkpoint;

import io.kohaku.input.UnusableFileException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The files of one network in Diffusers' layout: {@code model.safetensors} or {@code
 * diffusion_pytorch_model.safetensors}, in one variant of perhaps several ({@code *.fp16.*}, {@code
 * *.non_ema.*}), whole or in shards ({@code *-00001-of-00002*}).
 */
final class NetworkFiles {
  private static final Pattern NAME =
      Pattern.compile(
          "(?:diffusion_pytorch_model|model)(?:\\.([A-Za-z0-9_]+))?"
              + "(?:-(\\d{5})-of-(\\d{5}))?(?:\\.([A-Za-z0-9_]+))?\\.safetensors");
  private static final Pattern PICKLED = Pattern.compile(".*\\.(?:bin|pt|pth|ckpt)");

  /** The first of these that is there; then any other, what was not averaged at last. */
  private static final List<String> ORDER = List.of("", "fp32", "fp16", "bf16", "ema");

  private final Path place;
  private final Map<String, Path> whole = new TreeMap<>(order());
  private final Map<String, TreeMap<Integer, Path>> shards = new TreeMap<>(order());
  private final Map<String, Integer> counts = new TreeMap<>();

  private NetworkFiles(Path place) {
    this.place = place;
  }

  /** The file, or all shards in their order, of the network in this folder. */
  static List<Path> in(Path place) {
    NetworkFiles files = new NetworkFiles(place);
    List<Path> all = list(place);
    all.forEach(files::sort);
    if (files.whole.isEmpty() && files.shards.isEmpty()) {
      throw files.nothing(all);
    }
    return files.chosen();
  }

  private void sort(Path file) {
    Matcher name = NAME.matcher(file.getFileName().toString());
    if (!name.matches()) {
      return;
    }
    String variant = name.group(1) == null ? name.group(4) : name.group(1);
    variant = variant == null ? "" : variant;
    if (name.group(2) == null) {
      whole.put(variant, file);
    } else {
      shards
          .computeIfAbsent(variant, key -> new TreeMap<>())
          .put(Integer.parseInt(name.group(2)), file);
      counts.merge(variant, Integer.parseInt(name.group(3)), Math::max);
    }
  }

  private List<Path> chosen() {
    String variant =
        Stream.concat(whole.keySet().stream(), shards.keySet().stream()).min(order()).orElseThrow();
    if (whole.containsKey(variant)) {
      return List.of(whole.get(variant));
    }
    TreeMap<Integer, Path> parts = shards.get(variant);
    int count = counts.get(variant);
    for (int i = 1; i <= count; i++) {
      if (!parts.containsKey(i)) {
        throw new UnusableFileException(
            "Cannot load %s: shard %s of %s is missing beside %s (fetch it)"
                .formatted(place, i, count, parts.firstEntry().getValue().getFileName()));
      }
    }
    return List.copyOf(parts.values());
  }

  private UnusableFileException nothing(List<Path> all) {
    return all.stream()
        .filter(file -> PICKLED.matcher(file.getFileName().toString()).matches())
        .findFirst()
        .map(CheckpointFormat::pickled)
        .orElseGet(
            () ->
                new UnusableFileException(
                    "Missing checkpoint: %s (diffusion_pytorch_model.safetensors or model.safetensors)"
                        .formatted(place)));
  }

  /** A folder that is taken for a checkpoint and has no network in it. */
  static UnusableFileException without(Path folder) {
    String held =
        list(folder).stream()
            .map(file -> file.getFileName().toString())
            .filter(name -> name.endsWith(".safetensors"))
            .findFirst()
            .map(name -> "it holds %s: name that file".formatted(name))
            .orElse("name a safetensors file, or a folder in Diffusers' layout");
    return new UnusableFileException(
        "Cannot load %s: it has no folder unet (%s)".formatted(folder, held));
  }

  private static Comparator<String> order() {
    return Comparator.<String>comparingInt(
            variant ->
                variant.equals("non_ema")
                    ? ORDER.size() + 1
                    : ORDER.contains(variant) ? ORDER.indexOf(variant) : ORDER.size())
        .thenComparing(Comparator.naturalOrder());
  }

  private static List<Path> list(Path folder) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(folder)) {
      return all.sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read %s: %s".formatted(folder, e.getMessage()), e);
    }
  }
}

package io.kohaku.sdxl.layout;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The shapes of a checkpoint's tensors, asked for the sizes of the networks. */
public final class TensorShapes {
  private final Map<String, long[]> shapes;
  private final Set<String> missing = new LinkedHashSet<>();

  public TensorShapes(Map<String, long[]> shapes) {
    this.shapes = shapes;
  }

  /** Dimension {@code index} of the tensor {@code key}; 1 and a note where there is none. */
  long dimension(String key, int index) {
    long[] shape = shapes.get(key);
    if (shape == null || index >= shape.length) {
      missing.add(key);
      return 1;
    }
    return shape[index];
  }

  /**
   * One more than the largest number that follows one of {@code prefixes} and a dot in any key; 0
   * and a note where there is none.
   */
  public int count(String... prefixes) {
    Pattern pattern =
        Pattern.compile(
            Arrays.stream(prefixes).map(Pattern::quote).collect(Collectors.joining("|", "(?:", ")"))
                + "\\.(\\d{1,3})\\..*");
    int count = 0;
    for (String key : shapes.keySet()) {
      Matcher matcher = pattern.matcher(key);
      if (matcher.matches()) {
        count = Math.max(count, Integer.parseInt(matcher.group(1)) + 1);
      }
    }
    if (count == 0) {
      missing.add(prefixes[0] + ".0.*");
    }
    return count;
  }

  /** The tensors that tell a size and are not there. */
  List<String> missing() {
    return List.copyOf(missing);
  }
}

package io.kohaku.demo.scene;

import java.util.Collection;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/** The tags of a scene by category, each sorted by name as the site lists them. */
public record SceneTags(
    List<String> general,
    List<String> artist,
    List<String> character,
    List<String> copyright,
    List<String> meta) {

  public static SceneTags of(Scene scene, Collection<String> meta) {
    return new SceneTags(
        List.copyOf(general(scene)),
        List.of(scene.artist().name()),
        sorted(scene.cast().stream().map(Persona::name).toList()),
        scene.cast().isEmpty()
            ? List.of("original")
            : sorted(scene.cast().stream().map(Persona::series).toList()),
        sorted(meta));
  }

  /** Every tag, sorted by name. */
  public List<String> all() {
    SortedSet<String> all = new TreeSet<>(general);
    all.addAll(artist);
    all.addAll(character);
    all.addAll(copyright);
    all.addAll(meta);
    return List.copyOf(all);
  }

  private static SortedSet<String> general(Scene scene) {
    SortedSet<String> tags = new TreeSet<>();
    tags.add(scene.background().word() + "_background");
    tags.add(scene.backdrop().tag());
    scene.figures().forEach(figure -> tags.addAll(figure.tags()));
    scene.marks().forEach(mark -> tags.add(mark.mark().tag()));
    for (Figure.Kind kind : Figure.Kind.values()) {
      long count = scene.figures().stream().filter(figure -> figure.kind() == kind).count();
      if (count > 0) {
        tags.add(count + kind.word() + (count > 1 ? "s" : ""));
      }
      if (count > 1) {
        tags.add("multiple_" + kind.word() + "s");
      }
    }
    if (scene.figures().size() == 1) {
      tags.add("solo");
      tags.add("looking_at_viewer");
    }
    if (scene.figures().isEmpty()) {
      tags.add("no_humans");
    }
    return tags;
  }

  private static List<String> sorted(Collection<String> tags) {
    return List.copyOf(new TreeSet<>(tags));
  }
}

package io.kohaku.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that a recipe names are looked for beside it. */
class RecipePathTest {
  @TempDir Path folder;

  @BeforeEach
  void lay() throws IOException {
    Files.createDirectories(folder.resolve("sub dir/shards"));
    for (String file : List.of("mine.toml", "full", "a.safetensors", "posts-1.json", "x.conf")) {
      Files.writeString(folder.resolve("sub dir").resolve(file), "");
    }
  }

  private Settings read(String text, String... overrides) throws IOException {
    Path recipe = Files.writeString(folder.resolve("sub dir/recipe.conf"), text);
    return SettingsSource.read(List.of(recipe), List.of(overrides)).settings();
  }

  private String beside(String file) {
    Path here = Path.of("").toAbsolutePath();
    Path there = folder.toAbsolutePath().resolve("sub dir").resolve(file);
    return (there.startsWith(here) ? here.relativize(there) : there).toString();
  }

  @Test
  void allThatIsReadIsLookedForBesideTheRecipe() throws IOException {
    Settings settings =
        read(
            """
            model { checkpoint = a.safetensors, vae = a.safetensors, tokenizer = "." }
            posts.path = "posts-*.json"
            images.shards = [shards, elsewhere]
            latents.imports = [shards]
            captions.quality.model = shards
            lokr { preset = mine.toml, resume = a.safetensors }
            merge { original = a.safetensors
              checkpoints = [{ file = a.safetensors, ratio = 1, restored = false }] }
            bake { base = a.safetensors, adapters = [{ file = a.safetensors, multiplier = 1 }] }
            sample { checkpoint = a.safetensors
              adapters = [{ file = "shards/../a.safetensors", multiplier = 1 }] }
            """);
    String weights = beside("a.safetensors");
    assertThat(settings.model().checkpoint()).isEqualTo(weights);
    assertThat(settings.model().vae()).contains(weights);
    assertThat(settings.model().tokenizer()).isEqualTo(beside("."));
    assertThat(settings.posts().path()).isEqualTo(beside("posts-*.json"));
    assertThat(settings.images().shards()).containsExactly(beside("shards"), "elsewhere");
    assertThat(settings.latents().imports()).containsExactly(beside("shards"));
    assertThat(settings.captions().quality().model()).contains(beside("shards"));
    assertThat(settings.lokr().preset()).isEqualTo(beside("mine.toml"));
    assertThat(settings.lokr().resume()).contains(weights);
    assertThat(settings.merge().original()).contains(weights);
    assertThat(settings.merge().checkpoints().get(0).file()).isEqualTo(weights);
    assertThat(settings.bake().base()).contains(weights);
    assertThat(settings.bake().adapters().get(0).file()).isEqualTo(weights);
    assertThat(settings.sample().checkpoint()).contains(weights);
    assertThat(settings.sample().adapters().get(0).file())
        .isEqualTo(beside("shards/../a.safetensors"));
  }

  @Test
  void whatIsMadeBelowTheWorkingFolderIsReadThere() throws IOException {
    Files.createDirectories(folder.resolve("sub dir/made/shards"));
    Settings settings = read("run.work = made\nimages.shards = [${run.work}\"/shards\", shards]");
    assertThat(settings.images().shards()).containsExactly("made/shards", beside("shards"));
  }

  @Test
  void whatIsWrittenOrGoneOnFromIsNot() throws IOException {
    Settings settings =
        read("run.work = shards, train { branch-from = shards, checkpoint.folder = shards }");
    assertThat(settings.run().work()).isEqualTo("shards");
    assertThat(settings.train().branchFrom()).contains("shards");
    assertThat(settings.train().checkpoint().folder()).isEqualTo("shards");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "none.safetensors",
        "none/*.safetensors",
        "n*.safetensors",
        "[.safetensors",
        "/abs/a.safetensors",
        "s3a://bucket/a.safetensors",
        "file:/abs/a.safetensors",
        ""
      })
  void whatIsNotThereIsTakenToTheLetter(String path) throws IOException {
    assertThat(read("model.checkpoint = \"" + path + "\"").model().checkpoint()).isEqualTo(path);
  }

  @Test
  void aBuiltInPresetIsNoFile() throws IOException {
    assertThat(read("lokr.preset = full").lokr().preset()).isEqualTo("full");
    assertThat(read("lokr.preset = \"./full\"").lokr().preset()).isEqualTo(beside("./full"));
  }

  @Test
  void overridesAreRelativeToTheWorkingDirectory() throws IOException {
    Settings settings =
        read(
            "model { checkpoint = mine.toml, tokenizer = ${run.work}\"/shards\" }",
            "model.checkpoint=a.safetensors",
            "images.shards=[shards]",
            "run.work=.");
    assertThat(settings.model().checkpoint()).isEqualTo("a.safetensors");
    assertThat(settings.images().shards()).containsExactly("shards");
    assertThat(settings.model().tokenizer()).isEqualTo("./shards");
  }

  @Test
  void anIncludedFileIsARecipeOfItsOwn() throws IOException {
    Path outer =
        Files.writeString(
            folder.resolve("outer.conf"),
            """
            include "sub dir/recipe.conf"
            model.vae = "sub dir/a.safetensors"
            images.shards = ["sub dir/shards", shards]
            """);
    read("model.checkpoint = a.safetensors");
    Settings settings = SettingsSource.read(List.of(outer), List.of()).settings();
    assertThat(settings.model().checkpoint()).isEqualTo(beside("a.safetensors"));
    assertThat(settings.model().vae()).contains(beside("a.safetensors"));
    assertThat(settings.images().shards()).containsExactly(beside("shards"), "shards");
  }

  @Test
  void belowTheWorkingDirectoryThePathStaysShort() {
    Settings delta =
        SettingsSource.read(List.of(Path.of("conf", "delta.conf")), List.of()).settings();
    assertThat(delta.lokr().preset()).isEqualTo("conf/lycoris/delta.toml");
    assertThat(Path.of(delta.lokr().preset())).isRegularFile();
  }
}

package io.kohaku.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kohaku.Golden;
import io.kohaku.settings.BucketSettings;
import java.io.IOException;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

class BucketChoiceTest {
  private static final BucketSettings CARD = new BucketSettings(1024, 1024, 256, 4096, 64, true);

  @Test
  void choosesWhatTheReferenceChoosesInEveryGoldenCase() throws IOException, ImageRejected {
    int images = 0;
    for (JsonNode given : new ObjectMapper().readTree(Golden.path("buckets.json").toFile())) {
      BucketSettings settings = settings(given);
      if (settings.upscale()) {
        assertThat(BucketList.of(settings)).isEqualTo(buckets(given.get("predefined")));
      }
      BucketChoice choice = new BucketChoice(settings);
      for (JsonNode image : given.get("images")) {
        Placement placement = choice.place(image.get("w").asInt(), image.get("h").asInt());
        assertThat(placement.bucket()).as("%s", image).isEqualTo(bucket(image.get("bucket")));
        assertThat(new Bucket(placement.resizedWidth(), placement.resizedHeight()))
            .as("%s", image)
            .isEqualTo(bucket(image.get("resized")));
        JsonNode box = image.get("crop_ltrb");
        assertThat(placement.letterBox())
            .as("%s", image)
            .isEqualTo(
                new Placement.LetterBox(
                    box.get(0).asDouble(),
                    box.get(1).asDouble(),
                    box.get(2).asDouble(),
                    box.get(3).asDouble()));
        images++;
      }
    }
    assertThat(images).isEqualTo(8 * 162);
  }

  @Test
  void listsTheModelCardsBuckets() {
    List<Bucket> buckets = BucketList.of(CARD);
    assertThat(buckets).hasSize(97).isSorted().contains(new Bucket(832, 1216));
    assertThat(buckets.stream().map(Bucket::aspectRatio).distinct()).hasSize(97);
  }

  @Test
  void cropsAroundTheCentre() throws ImageRejected {
    Placement placement = new BucketChoice(CARD).place(850, 1200);
    assertThat(placement.bucket().name()).isEqualTo("832x1216");
    assertThat(placement.resizedWidth()).isEqualTo(861);
    assertThat(placement.cropLeft()).isEqualTo(14);
    assertThat(placement.cropTop()).isZero();
    assertThat(placement.letterBox().top()).isEqualTo(20);
  }

  @Test
  void rejectsWhatIsBelowOneStepWithoutUpscaling() {
    BucketChoice choice = new BucketChoice(new BucketSettings(1024, 1024, 256, 4096, 64, false));
    assertThatThrownBy(() -> choice.place(63, 500))
        .isInstanceOf(ImageRejected.class)
        .hasMessage("63x500 is below one bucket step of 64 pixels");
  }

  private static BucketSettings settings(JsonNode given) {
    return new BucketSettings(
        given.get("resolution").get(0).asInt(),
        given.get("resolution").get(1).asInt(),
        given.get("min").asInt(),
        given.get("max").asInt(),
        given.get("step").asInt(),
        !given.get("no_upscale").asBoolean());
  }

  private static List<Bucket> buckets(JsonNode list) {
    return StreamSupport.stream(list.spliterator(), false).map(BucketChoiceTest::bucket).toList();
  }

  private static Bucket bucket(JsonNode pair) {
    return new Bucket(pair.get(0).asInt(), pair.get(1).asInt());
  }
}

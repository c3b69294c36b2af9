package io.kohaku.settings.binding;

import static org.assertj.core.api.Assertions.assertThat;

import io.kohaku.settings.SettingsSource;
import java.util.List;
import org.junit.jupiter.api.Test;

class RedactionTest {
  @Test
  void usersOfUrisAreTakenOut() {
    assertThat(Redaction.of("s3a://key:secret@bucket/posts@2023"))
        .isEqualTo("s3a://***@bucket/posts@2023");
    assertThat(Redaction.of("hdfs://host:9000/a@b")).isEqualTo("hdfs://host:9000/a@b");
    assertThat(Redaction.of("a@b, c")).isEqualTo("a@b, c");
  }

  @Test
  void settingsThatAreKeptHaveNone() {
    SettingsSource source =
        SettingsSource.read(List.of(), List.of("posts.path=s3a://key:secret@bucket/posts.json"));
    assertThat(source.json("posts")).contains("s3a://***@bucket").doesNotContain("secret");
    assertThat(source.text("posts")).contains("s3a://***@bucket").doesNotContain("secret");
    assertThat(source.settings().posts().path()).contains("key:secret");
  }
}

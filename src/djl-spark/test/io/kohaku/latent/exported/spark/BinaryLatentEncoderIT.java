package io.kohaku.latent.exported.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.kohaku.LocalSpark;
import io.kohaku.image.Pictures;
import io.kohaku.latent.exported.LatentEncoder;
import io.kohaku.latent.exported.PlainLatentEncoder;
import io.kohaku.latent.exported.TinyExport;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** DJL's Spark extension beside DJL's predictor alone. */
class BinaryLatentEncoderIT {
  @TempDir private Path folder;

  @Test
  void bothGiveTheSameLatents() throws IOException {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      rows.add(RowFactory.create((long) i, Pictures.png(i % 3 == 0 ? 100 : 300, 300, i)));
    }
    rows.add(RowFactory.create(12L, "not a picture".getBytes(StandardCharsets.UTF_8)));
    rows.add(RowFactory.create(13L, null));
    StructType schema =
        new StructType().add("id", DataTypes.LongType).add("image", DataTypes.BinaryType);
    Dataset<Row> images = LocalSpark.session().createDataFrame(rows, schema).repartition(2);
    String model = TinyExport.write(folder).toUri().toString();

    List<Row> plain = encoded(new PlainLatentEncoder().setModelUrl(model), images);
    List<Row> binary = encoded(new BinaryLatentEncoder().setModelUrl(model), images);

    assertThat(plain).hasSize(14);
    assertThat(plain.get(12).<String>getAs("reason")).isEqualTo("unknown-format");
    assertThat(plain.get(13).<String>getAs("reason")).isEqualTo("no-image");
    assertThat(binary).hasSameSizeAs(plain);
    for (int i = 0; i < plain.size(); i++) {
      assertThat(binary.get(i).<byte[]>getAs("latent"))
          .isEqualTo(plain.get(i).<byte[]>getAs("latent"));
      assertThat(binary.get(i).<String>getAs("bucket")).isEqualTo(plain.get(i).getAs("bucket"));
      assertThat(binary.get(i).<String>getAs("reason")).isEqualTo(plain.get(i).getAs("reason"));
    }
  }

  @Test
  void itIsReadAsItWasSaved() throws IOException {
    LocalSpark.session();
    LatentEncoder saved =
        new BinaryLatentEncoder().setModelUrl("file:///models/one").setBatchSize(9);
    saved.save(folder.resolve("stage").toString());
    BinaryLatentEncoder read = BinaryLatentEncoder.load(folder.resolve("stage").toString());
    assertThat(read.uid()).isEqualTo(saved.uid());
    assertThat(read.explainParams())
        .isEqualTo(saved.explainParams())
        .contains("current: file:///models/one", "current: 9");
  }

  private static List<Row> encoded(LatentEncoder encoder, Dataset<Row> images) {
    return encoder.transform(images).selectExpr("id", "encoded.*").orderBy("id").collectAsList();
  }
}

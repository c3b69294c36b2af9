package io.kohaku.rows;

import static org.assertj.core.api.Assertions.assertThat;

import io.kohaku.LocalSpark;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TableDigestIT {
  @TempDir Path folder;

  private static Dataset<Row> posts(String... changes) {
    Dataset<Row> posts =
        LocalSpark.session()
            .range(200)
            .selectExpr(
                "id",
                "if(id % 3 = 0, null, concat('tag ', id)) as name",
                "array('a', cast(id as string)) as tags",
                "id / 7D as score",
                "cast(concat('x', id) as binary) as bytes",
                "concat(id % 2, 'x', 64) as bucket");
    for (String change : changes) {
      String[] parts = change.split("=", 2);
      posts = posts.withColumn(parts[0], functions.expr(parts[1]));
    }
    return posts;
  }

  @Test
  void filesOrderAndColumnOrderPlayNoPart() {
    String digest = TableDigest.of(posts());
    String once = folder.resolve("once").toString();
    posts().repartition(7).sortWithinPartitions("name").write().partitionBy("bucket").parquet(once);
    String more = folder.resolve("more").toString();
    posts().orderBy(functions.desc("id")).coalesce(1).write().parquet(more);
    for (String path : List.of(once, more)) {
      assertThat(TableDigest.of(LocalSpark.session().read().parquet(path))).isEqualTo(digest);
    }
  }

  @Test
  void everyValueCounts() {
    String same = TableDigest.of(posts());
    for (String change :
        List.of(
            "name=if(id = 100, 'other', name)",
            "name=coalesce(name, '')",
            "tags=if(id = 100, array('a1', '00'), tags)",
            "tags=if(id = 100, array('a', '100', null), tags)",
            "score=if(id = 100, score + 1e-12, score)",
            "bytes=if(id = 100, cast('y' as binary), bytes)",
            "id=cast(id as int)",
            "more=1")) {
      assertThat(TableDigest.of(posts(change))).as(change).isNotEqualTo(same);
    }
    // Two values that change places among rows; null in one column or in another.
    Dataset<Row> pairs = LocalSpark.session().sql("select 1 as a, 2 as b union all select 3, 4");
    Dataset<Row> crossed = LocalSpark.session().sql("select 1 as a, 4 as b union all select 3, 2");
    assertThat(TableDigest.of(pairs)).isNotEqualTo(TableDigest.of(crossed));
    Dataset<Row> left = LocalSpark.session().sql("select cast(null as int) as a, 1 as b");
    Dataset<Row> right = LocalSpark.session().sql("select 1 as a, cast(null as int) as b");
    assertThat(TableDigest.of(left)).isNotEqualTo(TableDigest.of(right));
  }

  @Test
  void equalRowsCountAsOftenAsTheyOccur() {
    Dataset<Row> one = posts().where("id = 1");
    List<String> digests =
        List.of(
            TableDigest.of(one.where("false")),
            TableDigest.of(one),
            TableDigest.of(one.union(one)),
            TableDigest.of(one.union(one).union(one)));
    assertThat(digests).doesNotHaveDuplicates();
  }
}

package io.kohaku.post.select;

import io.kohaku.post.PostTable;
import io.kohaku.post.RejectTable;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * What became of the posts of a source.
 *
 * @param posts the selected ones, a {@link PostTable}
 * @param rejects the rejected ones, a {@link RejectTable}
 * @param counts how many posts each way took
 */
public record Selection(Dataset<Row> posts, Dataset<Row> rejects, SelectionCounts counts) {}

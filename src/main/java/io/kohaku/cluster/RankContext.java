package io.kohaku.cluster;

import io.kohaku.cluster.ring.Rank;
import io.kohaku.cluster.ring.Rendezvous;
import java.util.function.BooleanSupplier;

/**
 * What one rank's task is given.
 *
 * @param rank which participant it is
 * @param attempt how often the stage was started before, from 0
 * @param host the name under which the other ranks reach this machine
 * @param computesOn which device of its machine belongs to the task
 * @param rendezvous where it meets the other ranks
 * @param stopRequested true once the task is asked to end soon: its driver or its executor stops
 */
public record RankContext(
    Rank rank,
    int attempt,
    String host,
    DeviceChoice computesOn,
    Rendezvous rendezvous,
    BooleanSupplier stopRequested) {}

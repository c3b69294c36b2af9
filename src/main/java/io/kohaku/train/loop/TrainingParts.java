package io.kohaku.train.loop;

import io.kohaku.lokr.MaxNorm;
import io.kohaku.train.checkpoint.CheckpointStore;
import io.kohaku.train.checkpoint.RunState;
import io.kohaku.train.data.InputTensors;
import io.kohaku.train.data.MicroBatches;
import io.kohaku.train.log.InputLog;
import io.kohaku.train.log.RunLog;
import io.kohaku.train.model.AdaptedNetworks;
import io.kohaku.train.optimizer.Learner;
import java.util.Optional;

/**
 * What the loop of one rank works with.
 *
 * @param networks what is trained
 * @param tensors makes their inputs
 * @param images what is trained on
 * @param learner makes updates
 * @param maxNorm bounds each layer's delta after an update, if there is a bound
 * @param state what checkpoints hold
 * @param checkpoints where they are
 * @param validation what is measured besides
 * @param log tells; silent on all ranks but the first
 * @param inputLog writes down what was trained on
 * @param meter hears what every update measured
 * @param pictures draws in the middle of the run, if that is asked of this rank
 */
public record TrainingParts(
    AdaptedNetworks networks,
    InputTensors tensors,
    MicroBatches images,
    Learner learner,
    Optional<MaxNorm> maxNorm,
    RunState state,
    CheckpointStore checkpoints,
    Validation validation,
    RunLog log,
    InputLog inputLog,
    TrainingMeter meter,
    Optional<IntervalSampler> pictures) {}

/**
 * What this machine computes on: its CPU, its GPUs, and the libtorch that reaches them.
 *
 * <p>In: the settings {@code cluster.device} and {@code cluster.libtorch}, and the machine. Out:
 * libtorch loaded from where the settings say, one line about what computes, the reason why a GPU
 * cannot be seen, and how slow a number format is here. Which device belongs to which task is
 * {@link io.kohaku.cluster.DeviceChoice}'s matter, since only Spark knows.
 *
 * <p>Decisions. GPUs are counted by libtorch itself, not by DJL, which counts by a libcudart that
 * it may not find though libtorch has one. The driver, by contrast, is asked past libtorch, through
 * JNA: when libtorch sees nothing, it is the other witness. A CUDA build of PyTorch on a machine
 * without a driver is entered by the JNI library for CPUs, because the one for CUDA would not load:
 * so one folder serves driver nodes and GPU nodes.
 */
package io.kohaku.device;

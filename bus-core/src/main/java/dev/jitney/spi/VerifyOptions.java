// SPDX-License-Identifier: Apache-2.0
package dev.jitney.spi;

import java.util.function.Consumer;
import java.util.function.LongConsumer;

/**
 * How to verify.
 *
 * @param onProblem told of each problem as it is found
 * @param onProgress told, now and then, how many bytes of the log were checked so far
 */
public record VerifyOptions(Consumer<StoreProblem> onProblem, LongConsumer onProgress) {}

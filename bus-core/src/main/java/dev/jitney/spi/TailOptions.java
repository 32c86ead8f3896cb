// SPDX-License-Identifier: Apache-2.0
package dev.jitney.spi;

import dev.jitney.event.Selection;
import java.util.function.Consumer;

/**
 * How to follow a log.
 *
 * @param from where to begin
 * @param selection which events to return
 * @param onProblem told of each damaged line that is passed over and each gap that is crossed, on
 *     the thread that calls {@link EventTail#next}
 */
public record TailOptions(Position from, Selection selection, Consumer<StoreProblem> onProblem) {

    public static TailOptions from(Position from) {
        return new TailOptions(from, Selection.all(), problem -> {});
    }

    public TailOptions withSelection(Selection selection) {
        return new TailOptions(from, selection, onProblem);
    }

    public TailOptions withOnProblem(Consumer<StoreProblem> onProblem) {
        return new TailOptions(from, selection, onProblem);
    }
}

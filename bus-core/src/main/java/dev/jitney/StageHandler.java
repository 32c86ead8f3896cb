// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import dev.jitney.event.Event;
import java.util.concurrent.CompletionStage;

/** Handles events beside other work: it returns at once and is done when its stage completes. */
@FunctionalInterface
public interface StageHandler {

    /**
     * Begins to handle one event.
     *
     * @return the stage whose value is the handler's value and whose failure is its failure
     */
    CompletionStage<?> handle(Event event) throws Exception;
}

// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.plugin;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Keeps what is logged about plugins. */
final class LogDiary implements PluginLog.Output {

    final List<String> lines = Collections.synchronizedList(new ArrayList<>());
    final List<@Nullable Throwable> causes = Collections.synchronizedList(new ArrayList<>());
    final List<String> failed = Collections.synchronizedList(new ArrayList<>());

    @Override
    public void warn(String message, @Nullable Throwable cause) {
        lines.add(message);
        causes.add(cause);
    }

    @Override
    public void failed(String plugin) {
        failed.add(plugin);
    }
}

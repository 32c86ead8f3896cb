// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import org.slf4j.Logger
import org.slf4j.LoggerFactory

/** The one logger of the engine; its name is part of what users configure. */
internal val engineLog: Logger = LoggerFactory.getLogger("dev.jitney.bus")

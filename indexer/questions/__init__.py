"""Reading what somebody asked: its words, filters, names, language and pastes, before anything is searched for."""

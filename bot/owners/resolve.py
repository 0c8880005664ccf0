"""From what somebody asked to the places it means, or to the person or team it asks about."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from bot.owners.asking import Asked, Wanted, read_question
from bot.owners.directory import Directory, is_somebody
from bot.owners.shelf import Shelf, open_shelves
from bot.owners.topics import area
from bot.owners.tree import role, sources_first
from bot.owners.types import Place, Resolved, Subject
from bot.owners.webpages import is_address, read_address
from indexer.config import PersonSettings
from indexer.index import Index
from indexer.types import Role, Symbol

_ALTERNATIVES = 3
_FEW = 2  # definitions of a plain word; more of them, and it is no name
_EVERYTHING = re.compile(
    r"[./\\]+|\*+|(?:the |this |our )?(?:whole |entire )?(?:everything|what|all|it|repo(?:sitory)?|project|code ?base|code|product)",
    re.IGNORECASE,
)
_LINES = re.compile(
    r"^(?P<path>.*?[^:#])(?:#L?|:|,? lines? )(?P<first>\d{1,7})(?:(?:-L?|–| to )(?P<last>\d{1,7}))?:?$", re.IGNORECASE
)
_COLUMN = re.compile(r":\d{1,7}:\d{1,7}:?$")
_SYMBOL = re.compile(r"(?P<name>~?[^\W\d][\w$]*(?:(?:\.|::|#|->)~?[^\W\d][\w$]*)*)(?:\([^()]*\))?")
_SEPARATOR = re.compile(r"\.|::|#|->")
_CODE_NAME = re.compile(r"\.|::|#|->|\(|[a-z0-9][A-Z]|[A-Za-z0-9]_|^_")
_EXTENSION = re.compile(r"\w\.[A-Za-z]\w{0,9}$")
_LESS_TELLING = ("constant", "module", "type")  # kinds that give way where a class or function has the same name


def resolve(index: Index, query: str, repos: Sequence[str], people: Sequence[PersonSettings] = ()) -> Resolved:
    """What `query` asks about in `repos`, by what can be trusted most: names first, then what search finds for the words.

    Neither places nor a subject: nothing is called so, and the alternatives are the nearest names. QueryError, UnknownRepo,
    IndexMissing, StoreError.
    """
    asked = read_question(query, repos)
    shelves = open_shelves(index, asked.query.repos or tuple(repos) or index.names, asked.query)
    found = _Resolver(index, shelves, Directory(index, [shelf.name for shelf in shelves], people), asked).resolved()
    return replace(found, query=query, topic=next(iter(asked.names), ""), alternatives=found.alternatives[: _ALTERNATIVES + 1])


@dataclass(frozen=True, slots=True)
class _Resolver:
    """One question over the repositories it is asked of."""

    index: Index
    shelves: tuple[Shelf, ...]
    directory: Directory
    asked: Asked

    def resolved(self) -> Resolved:
        names = self.asked.names
        if not names:
            return self._filters_alone()
        if any(is_somebody(name) for name in names):
            return self._somebody(names[0]) or self._path(names[0]) or self._tail(names[0]) or self._nobody(names[0])
        if self.asked.wanted is Wanted.SUBJECT:
            found = next((found for name in names if (found := self._somebody(name))), None)
            return found or self._called_so(names) or self._nobody(names[0])
        return self._place(names) or self._nothing(names)

    # somebody

    def _somebody(self, name: str) -> Resolved | None:
        found = self.directory.find(name)
        if not found:
            return None
        places = self._places_called(name.lstrip("@"))
        return Resolved("", subject=found[0], guessed=len(found) > 1, alternatives=(*found[1:_ALTERNATIVES], *places[:1]))

    def _nobody(self, name: str) -> Resolved:
        near: list[Place | Subject] = [*self.directory.nearest(name)]
        return Resolved("", alternatives=(*near, *self._places_called(name.lstrip("@"))[:1]))

    # places

    def _place(self, names: Sequence[str]) -> Resolved | None:
        return self._called_so(names) or self._person_by_name(names) or self._inside_words(names) or self._by_words(names)

    def _called_so(self, names: Sequence[str]) -> Resolved | None:
        """By name: a path first, then what is called so."""
        for reading in (self._everything, self._page, self._path, self._full_name, self._pattern, self._tail):
            for name in names:
                if found := reading(name):
                    return found
        for name in names:
            order: list[Callable[[str], Resolved | None]] = [self._folder_called, self._file_called, self._definition]
            kinds = reversed(order) if _CODE_NAME.search(name) else order
            called = [one for named in kinds if (one := named(name)) is not None]
            if called:
                best = next((one for one in called if _is_source(one)), called[0])  # a folder of documents gives way to code
                return self._with_namesakes(best, name)
        return None

    def _everything(self, name: str) -> Resolved | None:
        named = [shelf for shelf in self.shelves if shelf.name.lower() == name.lower()]
        if named and not self._at(named[0], name):
            return Resolved("", (named[0].everything(),))
        if _EVERYTHING.fullmatch(name):
            return Resolved("", tuple(shelf.everything() for shelf in self.shelves))
        return None

    def _page(self, name: str) -> Resolved | None:
        if not is_address(name):
            return None
        found = []
        for shelf in self.shelves:
            page = read_address(name, _front_page(shelf), lambda path, shelf=shelf: self._at(shelf, path) is not None)  # type: ignore[misc]
            if page is not None:
                place = self._lines_of(shelf, page.path, page.start, page.end) if page.path else shelf.everything()
                found.append((not page.ours, place))
        found.sort(key=lambda pair: pair[0])
        if not found:
            return None
        return Resolved("", (found[0][1],), guessed=found[0][0], alternatives=tuple(place for _, place in found[1:]))

    def _path(self, name: str) -> Resolved | None:
        """A path as it stands in a repository, in any case; with lines, or the repository's name before it."""
        found = []
        for shelf in self.shelves:
            for form in _path_forms(name, shelf.name):
                if place := self._with_lines(shelf, form):
                    found.append(place)
                    break
        return _first_of(found)

    def _with_lines(self, shelf: Shelf, name: str) -> Place | None:
        if path := self._at(shelf, name):
            return shelf.at(path)
        if (match := _lines_in(name)) and (path := self._at(shelf, match["path"])):
            return self._lines_of(shelf, path, int(match["first"]), int(match["last"] or match["first"]))
        return None

    def _lines_of(self, shelf: Shelf, path: str, start: int, end: int) -> Place:
        path = shelf.tree.spelled(path) or path
        return shelf.lines(path, start, end) if start and path in shelf.tree.files else shelf.at(path)

    def _pattern(self, name: str) -> Resolved | None:
        found = []
        for shelf in self.shelves:
            forms = [name, *(name[len(shelf.name) + 1 :] for mark in "/:" if name.startswith(shelf.name + mark))]
            found += [place for form in forms if (place := shelf.pattern(form))][:1]
        if not found and "/*." in name and "**" not in name:  # "src/*.py" where all of it lies deeper
            deeper = self._pattern(name.replace("/*.", "/**/*."))
            return replace(deeper, guessed=True) if deeper else None
        return Resolved("", tuple(found)) if found else None

    def _tail(self, name: str) -> Resolved | None:
        """The end of a path ("auth/session.py"), or a longer one than the repository's, as copied from a machine."""
        found: list[tuple[Shelf, str, str]] = []
        for shelf in self.shelves:
            form = _path_forms(name, shelf.name)[0]
            match = _lines_in(form)
            bare = match["path"] if match else form
            files, folders = shelf.tree.ending(bare) if bare else ([], [])
            paths = files if _EXTENSION.search(bare) or not folders else [f"{folder}/" for folder in folders]
            if ("/" in bare or _EXTENSION.search(bare)) and not paths:
                paths = [inner for inner in self._inner(shelf, bare)]
            found += [(shelf, path, form) for path in paths if "/" in bare or _EXTENSION.search(bare)]
        ranked = _ranked(found)
        places = []
        for shelf, path, form in ranked:
            lines = _lines_in(form)
            first = int(lines["first"]) if lines else 0
            places.append(self._lines_of(shelf, path.rstrip("/"), first, int(lines["last"] or first) if lines else 0))
        return _best_of(places, [(role(path), shelf.name) for shelf, path, _ in ranked])

    def _inner(self, shelf: Shelf, path: str) -> list[str]:
        """The path without its first parts, where that is a file: "/home/jane/shop/src/pay.py" is "src/pay.py"."""
        parts = path.split("/")
        tails = ("/".join(parts[first:]) for first in range(1, len(parts)))
        found = next((known for tail in tails if (known := self._at(shelf, tail)) and known in shelf.tree.files), None)
        return [found] if found else []

    def _folder_called(self, name: str) -> Resolved | None:
        found = [(shelf, f"{path}/", name) for shelf in self.shelves for path in shelf.tree.folders_called(name)]
        found = [item for item in found if not any(_inside(item, other) for other in found)]
        ranked = sorted(found, key=lambda item: (role(item[1]) is not Role.SOURCE, item[1].count("/"), -item[0].tree.folders[item[1][:-1]]))
        places = [shelf.folder(path[:-1]) for shelf, path, _ in ranked[: _ALTERNATIVES + 1]]
        return _best_of(places, [(role(path), shelf.name) for shelf, path, _ in ranked])

    def _file_called(self, name: str) -> Resolved | None:
        ranked = _ranked([(shelf, path, name) for shelf in self.shelves for path in shelf.tree.files_called(name)])
        places = [shelf.file(path) for shelf, path, _ in ranked[: _ALTERNATIVES + 1]]
        return _best_of(places, [(role(path), shelf.name) for shelf, path, _ in ranked])

    def _definition(self, name: str) -> Resolved | None:
        match = _SYMBOL.fullmatch(name)
        if match is None:
            return None
        parts = [part for part in _SEPARATOR.split(match["name"]) if part]
        found = [(shelf, symbol) for shelf in self.shelves for symbol in self._defined(shelf, parts)]
        if not _CODE_NAME.search(name):  # a plain word is a definition's name only where that leaves little doubt
            found = [pair for pair in found if pair[1].kind not in _LESS_TELLING and role(pair[1].path) is Role.SOURCE]
            if len(found) > _FEW:
                return None
        ranked = sorted(found, key=lambda pair: (_behind(pair[1]), pair[1].path.count("/"), pair[1].path, pair[1].start_line))
        places = [shelf.symbol(symbol) for shelf, symbol in ranked[: _ALTERNATIVES + 1]]
        return _best_of(places, [(role(symbol.path), shelf.name) for shelf, symbol in ranked])

    def _defined(self, shelf: Shelf, parts: Sequence[str]) -> list[Symbol]:
        """The definitions whose qualified name, after their path, ends in these parts."""
        known = [symbol for symbol in self.index.definitions(shelf.name, {parts[-1]}) if symbol.path in shelf.tree.files]
        whole = [symbol for symbol in known if symbol.qualified.split(".")[-len(parts) :] == list(parts)]
        return whole or [symbol for symbol in known if _ends_in(_dotted(symbol), parts)]

    def _full_name(self, name: str) -> Resolved | None:
        """A person's full name; two words seldom are a folder's name as well."""
        return self._somebody(name) if " " in name and self.directory.find(name, loosely=False) else None

    def _person_by_name(self, names: Sequence[str]) -> Resolved | None:
        """A first name or a handle without "@", where nothing else is called so and the question did not ask for a place."""
        loosely = self.asked.wanted is Wanted.ANY
        subjects = next((found for name in names if " " not in name and (found := self.directory.find(name, loosely=loosely))), [])
        return Resolved("", subject=subjects[0], guessed=len(subjects) > 1, alternatives=tuple(subjects[1:])) if subjects else None

    def _inside_words(self, names: Sequence[str]) -> Resolved | None:
        """A path, or a name written as code, among other words."""
        for word in names[-1].split() if " " in names[-1] else ():
            word = word.strip("`'\"“”(),;:!?")
            if ("/" in word or _EXTENSION.search(word)) and (found := self._path(word) or self._tail(word)):
                return replace(found, guessed=True)
            if _CODE_NAME.search(word) and (found := self._definition(word)):
                return replace(found, guessed=True)
        return None

    def _by_words(self, names: Sequence[str]) -> Resolved | None:
        if self._looks_like_path(names[-1]):
            return None  # one that is not there is better said than guessed at
        shorter = names[1] if len(names) > 1 else names[0]  # without "the"
        return area(self.index, self.shelves, self.asked.query, shorter)

    def _looks_like_path(self, name: str) -> bool:
        if " " in name:
            return False
        ending = _EXTENSION.search(name)
        return "/" in name.strip("/") or bool(ending and any(shelf.tree.has_extension(name) for shelf in self.shelves))

    def _nothing(self, names: Sequence[str]) -> Resolved:
        near: list[Place | Subject] = []
        for shelf in self.shelves:
            near += [shelf.at(path) for path in shelf.tree.nearest(_path_forms(names[-1], shelf.name)[0])]
        return Resolved("", alternatives=tuple(near) or tuple(self.directory.nearest(names[-1])))

    def _filters_alone(self) -> Resolved:
        label = " ".join((*self.asked.query.paths, *self.asked.query.languages))
        places = [shelf.filtered_place(label) if shelf.filtered else shelf.everything() for shelf in self.shelves]
        return Resolved("", tuple(place for place in places if place is not None))

    def _with_namesakes(self, found: Resolved, name: str) -> Resolved:
        """Also a person who is called like the place."""
        people = self.directory.find(name) if " " not in name and not _CODE_NAME.search(name) else []
        return replace(found, alternatives=(*found.alternatives[: _ALTERNATIVES - len(people[:1])], *people[:1]))

    def _places_called(self, name: str) -> tuple[Place, ...]:
        found = self._path(name) or self._folder_called(name)
        return found.places if found else ()

    def _at(self, shelf: Shelf, path: str) -> str | None:
        return shelf.tree.spelled(path.strip("/")) if path.strip("/") else None


def _is_source(found: Resolved) -> bool:
    paths = [place.path if place.path in place.files else f"{place.path}/" for place in found.places]
    return bool(paths) and all(role(path) is Role.SOURCE for path in paths)


def _path_forms(name: str, repo: str) -> list[str]:
    """The ways to read a name as a path: with slashes only, then without the repository's name before it."""
    if "\\" in name and "/" not in name:
        name = name.replace("\\", "/")
    name = re.sub(r"^(?:\./)+", "", name.strip()).strip("/")
    lower, start = name.lower(), repo.lower()
    return [name, *(name[len(repo) + 1 :].strip("/") for mark in "/:" if lower.startswith(start + mark))]


def _lines_in(name: str) -> re.Match[str] | None:
    """The lines that an editor or a compiler writes after a path; a column is no line."""
    if column := _COLUMN.search(name):
        name = name[: column.start()] + ":" + column.group().split(":")[1]
    return _LINES.match(name)


def _front_page(shelf: Shelf) -> str:
    """The address of the repository's own page; "" where its host is unknown."""
    return re.sub(r"(?:/-)?/commits?/0$", "", shelf.index.commit_url(shelf.name, "0") or "")


def _ranked(found: list[tuple[Shelf, str, str]]) -> list[tuple[Shelf, str, str]]:
    order = {path: at for at, path in enumerate(sources_first(list({path for _, path, _ in found})))}
    return sorted(found, key=lambda item: order[item[1]])


def _first_of(places: Sequence[Place]) -> Resolved | None:
    """The first repository's place, the other repositories' as other readings."""
    return Resolved("", (places[0],), guessed=len(places) > 1, alternatives=tuple(places[1:])) if places else None


def _best_of(places: Sequence[Place], parts: Sequence[tuple[Role, str]]) -> Resolved | None:
    """The best of ranked places; it is a guess unless it alone plays its part (a source among tests)."""
    if not places:
        return None
    alike = sum(role is parts[0][0] for role, _ in parts)
    return Resolved("", (places[0],), guessed=alike > 1, alternatives=tuple(places[1:]))


def _inside(item: tuple[Shelf, str, str], other: tuple[Shelf, str, str]) -> bool:
    return item[0] is other[0] and item[1] != other[1] and item[1].startswith(other[1])


def _behind(symbol: Symbol) -> tuple[int, bool]:
    return sources_first([symbol.path, "x.py"]).index(symbol.path), symbol.kind in _LESS_TELLING


def _dotted(symbol: Symbol) -> list[str]:
    """The names around a definition, folders and file first: ["src", "auth", "session", "SessionStore", "open"]."""
    folders, name = symbol.path.split("/")[:-1], symbol.path.rpartition("/")[2]
    return [*folders, name.partition(".")[0], *symbol.qualified.split(".")]


def _ends_in(names: Sequence[str], parts: Sequence[str]) -> bool:
    """Whether the parts stand in the names in their order, the last one last: a package's file may stand between."""
    rest = iter(names[:-1])
    return names[-1] == parts[-1] and all(part in rest for part in parts[:-1])

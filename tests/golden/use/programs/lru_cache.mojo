"""A cache that forgets what was used longest ago, over Dict and a doubly linked list by index."""


@fieldwise_init
struct Entry(Copyable, Movable):
    var key: String
    var value: Int
    var newer: Int
    var older: Int


struct Cache(Sized):
    var capacity: Int
    var places: Dict[String, Int]
    var entries: List[Entry]
    var newest: Int
    var oldest: Int
    var hits: Int

    def __init__(out self, capacity: Int):
        self.capacity = capacity
        self.places = {}
        self.entries = []
        self.newest = -1
        self.oldest = -1
        self.hits = 0

    def __len__(self) -> Int:
        return len(self.places)

    def unlink(mut self, place: Int):
        var newer = self.entries[place].newer
        var older = self.entries[place].older
        if newer >= 0:
            self.entries[newer].older = older
        else:
            self.newest = older
        if older >= 0:
            self.entries[older].newer = newer
        else:
            self.oldest = newer

    def to_front(mut self, place: Int):
        self.entries[place].newer = -1
        self.entries[place].older = self.newest
        if self.newest >= 0:
            self.entries[self.newest].newer = place
        self.newest = place
        if self.oldest < 0:
            self.oldest = place

    def get(mut self, key: String) -> Optional[Int]:
        var place = self.places.get(key)
        if not place:
            return None
        self.hits += 1
        self.unlink(place.value())
        self.to_front(place.value())
        return self.entries[place.value()].value

    def put(mut self, key: String, value: Int) raises:
        if key in self.places:
            var place = self.places[key]
            self.entries[place].value = value
            self.unlink(place)
            self.to_front(place)
            return
        var place = len(self.entries)
        if len(self) == self.capacity:
            place = self.oldest
            _ = self.places.pop(self.entries[place].key)
            self.unlink(place)
            self.entries[place] = Entry(key, value, -1, -1)
        else:
            self.entries.append(Entry(key, value, -1, -1))
        self.places[key] = place
        self.to_front(place)

    def show(self):
        var place = self.newest
        var parts: List[String] = []
        while place >= 0:
            ref entry = self.entries[place]
            parts.append(String(entry.key, "=", entry.value))
            place = entry.older
        print("[", ", ".join(parts), "] ", self.hits, sep="")


def main() raises:
    var cache = Cache(3)
    for i, key in enumerate(String("a b c a d e a b").split(" ")):
        cache.put(String(key), i * i)
        cache.show()
    for key in ["a", "b", "c", "e"]:
        print(key, cache.get(key).or_else(-1))
    cache.show()
    print(len(cache))

"""Dates: days since 1970 both ways, weekdays, leap years, a month's sheet."""


@fieldwise_init
struct Date(ImplicitlyCopyable, Movable, Comparable, Writable, Hashable):
    var year: Int
    var month: Int
    var day: Int

    @staticmethod
    def from_days(days: Int) -> Self:
        var z = days + 719468
        var era = z // 146097
        var doe = z - era * 146097
        var yoe = (doe - doe // 1460 + doe // 36524 - doe // 146096) // 365
        var doy = doe - (365 * yoe + yoe // 4 - yoe // 100)
        var mp = (5 * doy + 2) // 153
        var month = mp + 3 if mp < 10 else mp - 9
        return Self(yoe + era * 400 + (1 if month <= 2 else 0), month, doy - (153 * mp + 2) // 5 + 1)

    def days(self) -> Int:
        var y = self.year - (1 if self.month <= 2 else 0)
        var era = y // 400
        var yoe = y - era * 400
        var mp = self.month - 3 if self.month > 2 else self.month + 9
        var doe = yoe * 365 + yoe // 4 - yoe // 100 + (153 * mp + 2) // 5 + self.day - 1
        return era * 146097 + doe - 719468

    def weekday(self) -> Int:
        return (self.days() + 3) % 7

    def __sub__(self, other: Self) -> Int:
        return self.days() - other.days()

    def __add__(self, days: Int) -> Self:
        return Self.from_days(self.days() + days)

    def __lt__(self, other: Self) -> Bool:
        return self.days() < other.days()

    def __eq__(self, other: Self) -> Bool:
        return self.days() == other.days()

    def write_to(self, mut writer: Some[Writer]):
        writer.write(self.year, "-", two(self.month), "-", two(self.day))


def two(n: Int) -> String:
    return String(n).ascii_rjust(2, "0")


def is_leap(year: Int) -> Bool:
    return (year % 4 == 0 and year % 100 != 0) or year % 400 == 0


def sheet(year: Int, month: Int):
    print("Mo Tu We Th Fr Sa Su")
    var first = Date(year, month, 1)
    print("   " * first.weekday(), end="")
    var at = first
    while at.month == month:
        print(String(at.day).ascii_rjust(2), end="\n" if at.weekday() == 6 else " ")
        at = at + 1
    print()


def main():
    print(Date(2026, 11, 26), Date(2026, 11, 26).weekday(), Date(1969, 12, 31).days())
    print(Date(2000, 3, 1) - Date(2000, 2, 1), Date(2024, 2, 28) + 2, Date.from_days(-1))
    print(is_leap(1900), is_leap(2000), is_leap(2024), Date(2026, 1, 1) < Date(2025, 12, 31))
    sheet(2024, 2)
    var dates: List[Date] = [Date(2020, 5, 1), Date(1999, 12, 31), Date(2020, 4, 30)]
    sort(dates)
    for d in dates:
        print(d, end=" ")
    print()

"""What the registry refuses about places: NotFound ── PlaceNotFound; Conflict ── PlaceRetired."""

from services.chassis.errors import Conflict, NotFound


class PlaceNotFound(NotFound):
    zh = "没有找到场所 {id},或不在您的可见范围之内"
    en = "There is no place {id}, or it lies outside your areas"


class PlaceRetired(Conflict):
    code = "place-retired"
    zh = "“{name}”已注销,不能再更改;如重新开业请另行登记"
    en = '"{name}" is retired and is not changed any more; enter it anew if it has opened again'
